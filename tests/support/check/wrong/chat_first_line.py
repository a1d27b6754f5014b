"""Takes what recv() brings for one line: of lines that come together only the first is passed on."""
from chat import Chat


class FirstLine(Chat):
    def messages(self, conn):
        buffer = b""
        while data := conn.recv(1024):
            buffer += data
            if b"\n" in buffer:
                yield buffer.partition(b"\n")[0] + b"\n"
                buffer = b""


FirstLine().run()
