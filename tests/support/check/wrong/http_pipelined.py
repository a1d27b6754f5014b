"""Forgets what came behind a request: the second of two at once gets no answer."""
from web import Web


class Pipelined(Web):
    def answer(self, request, body):
        self.buffer = b""
        return super().answer(request, body)


Pipelined.run()
