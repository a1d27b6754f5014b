"""A small web client without a mistake, of which the wrong ones change one part."""
from client import again


class WebClient:
    def __init__(self, conn):
        self.conn = conn
        self.reader = conn.makefile("rb")

    @classmethod
    def run(cls):
        again(lambda conn: print(cls(conn).get()))

    def get(self):
        self.conn.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        status = self.reader.readline()
        fields = {}
        while (line := self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            fields[self.name(name)] = value.strip()
        return status, self.body(fields)

    def name(self, name):
        return name.title()

    def body(self, fields):
        if fields.get(b"Transfer-Encoding") == b"chunked":
            return self.chunks()
        if b"Content-Length" in fields:
            return self.exactly(int(fields[b"Content-Length"]))
        return self.rest()

    def exactly(self, length):
        """So many bytes, fewer where the connection ends before."""
        return self.reader.read(length)

    def rest(self):
        return self.reader.read()

    def chunks(self):
        body = b""
        while size := int(self.reader.readline().partition(b";")[0], 16):
            body += self.reader.read(size)
            self.reader.readline()
        while self.reader.readline() not in (b"\r\n", b""):
            pass
        return body
