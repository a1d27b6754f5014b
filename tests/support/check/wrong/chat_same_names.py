"""Asks for a name, and lets two clients have the same one."""
from chat import Chat


class SameNames(Chat):
    def messages(self, conn):
        conn.sendall(b"Your name?\n")
        lines = super().messages(conn)
        name = next(lines, b"").strip()
        for line in lines:
            yield b"<" + name + b"> " + line


SameNames().run()
