"""Waits for CRLF CRLF, and for nothing else: a request with bare LF is never answered."""
from web import Web


class BareLf(Web):
    def read_head(self):
        while b"\r\n\r\n" not in self.buffer:
            if not self.read():
                return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return head


BareLf.run()
