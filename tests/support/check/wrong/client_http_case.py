"""Finds only a `Content-Length` that is written like this: in lower case it takes the body for empty."""
from web_client import WebClient


class Case(WebClient):
    def name(self, name):
        return name

    def rest(self):
        return b""


Case.run()
