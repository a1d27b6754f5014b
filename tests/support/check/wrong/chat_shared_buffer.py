"""Collects the pieces of all clients in one buffer: half a line of one client is joined to the line of another."""
from chat import Chat


class SharedBuffer(Chat):
    buffer = b""

    def messages(self, conn):
        while data := conn.recv(1024):
            with self.lock:
                *lines, self.buffer = (self.buffer + data).split(b"\n")
            for line in lines:
                yield line + b"\n"


SharedBuffer().run()
