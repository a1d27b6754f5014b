"""Reads until `Content-Length` bytes have come, also when recv() returns b"" because there are no more."""
import time

from web_client import WebClient


class NeverEnds(WebClient):
    def exactly(self, length):
        body = b""
        while len(body) < length:
            data = self.reader.read1(length - len(body))
            body += data
            if not data:
                time.sleep(0.1)  # Found on the net as the cure for a busy processor.
        return body


NeverEnds.run()
