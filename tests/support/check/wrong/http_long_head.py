"""Stops reading when a head is longer than its buffer, and says nothing."""
import threading

from web import BadRequest, Web


class LongHead(Web):
    def read_head(self):
        try:
            return super().read_head()
        except BadRequest:
            threading.Event().wait()


LongHead.run()
