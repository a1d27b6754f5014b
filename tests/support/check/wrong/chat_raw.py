"""Passes on what each recv() brings: the others hear pieces of lines, between the lines of others."""
from chat import Chat


class Raw(Chat):
    def messages(self, conn):
        while data := conn.recv(1024):
            yield data


Raw().run()
