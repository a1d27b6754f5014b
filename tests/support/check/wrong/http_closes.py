"""Closes after each answer without saying so: the client sends its next request into nothing."""
from web import Web


class Closes(Web):
    def handle(self, conn):
        self.served = False
        super().handle(conn)

    def read_head(self):
        if self.served:
            return None
        self.served = True
        return super().read_head()


Closes.run()
