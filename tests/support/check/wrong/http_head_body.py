"""Answers HEAD with a body, which the client takes for the beginning of the next answer."""
from web import Web


class HeadBody(Web):
    def page(self, status, text, method="GET", close=False):
        return super().page(status, text, "GET", close)


HeadBody.run()
