"""Takes what one recv() brings for the whole head."""
from web import Web


class OneRecv(Web):
    def read_head(self):
        if not self.buffer and not self.read():
            return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return head


OneRecv.run()
