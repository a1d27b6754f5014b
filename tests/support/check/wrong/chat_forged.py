"""Puts the name before what recv() brings, not before each line: the second line can pretend to be of another client."""
from chat import Chat


class Forged(Chat):
    def messages(self, conn):
        name = b"user%d" % conn.getpeername()[1]
        buffer = b""
        while data := conn.recv(65536):
            buffer += data
            if buffer.endswith(b"\n"):
                yield b"<" + name + b"> " + buffer
                buffer = b""


Forged().run()
