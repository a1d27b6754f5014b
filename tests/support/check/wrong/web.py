"""A small web server without a mistake, of which the wrong ones change one part."""
import server

PAGE = "<!doctype html><title>网页</title><p>你好，世界！\n"
STATUS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 431: "Header Too Large"}


class BadRequest(Exception):
    pass


class Request:
    def __init__(self, head):
        first, *lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
        try:
            self.method, self.path, self.version = first.split(" ")
            self.fields = [(name.lower(), value.strip()) for name, value in (line.split(":", 1) for line in lines)]
        except ValueError:
            raise BadRequest(400)

    def all(self, wanted):
        return [value for name, value in self.fields if name == wanted]


class Web:
    MOST = 32768  # bytes of a head

    def __init__(self):
        self.conn = None
        self.buffer = b""

    @classmethod
    def run(cls):
        server.threads(lambda conn: cls().handle(conn))

    def handle(self, conn):
        self.conn = conn
        try:
            while self.serve():
                pass
        except BadRequest as error:
            conn.sendall(self.page(error.args[0], "", close=True))
            self.drain()

    def serve(self):
        """Answers a request; False when it was the last one."""
        head = self.read_head()
        if head is None:
            return False
        request = Request(head)
        self.check(request)
        body = self.read_body(request)
        self.conn.sendall(self.answer(request, body))
        return not self.is_last(request)

    def read(self):
        """Adds what comes next to the buffer; False at the end."""
        data = self.conn.recv(65536)
        self.buffer += data
        return data != b""

    def drain(self):
        """Reads what still comes, so that the answer is not lost by a reset."""
        self.conn.shutdown(1)
        self.conn.settimeout(1)
        while self.conn.recv(65536):
            pass

    def read_head(self):
        while True:
            ends = [(at, len(end)) for end in (b"\r\n\r\n", b"\n\n") if (at := self.buffer.find(end)) >= 0]
            if ends:
                at, length = min(ends)
                head, self.buffer = self.buffer[:at], self.buffer[at + length:]
                return head
            if len(self.buffer) > self.MOST:
                raise BadRequest(431)
            if not self.read():
                return None

    def check(self, request):
        if len(request.all("host")) != 1 and request.version == "HTTP/1.1":
            raise BadRequest(400)
        lengths = request.all("content-length")
        if len(lengths) > 1 or not all(length.isdigit() for length in lengths):
            raise BadRequest(400)

    def read_body(self, request):
        length = sum(map(int, request.all("content-length")[:1]))
        while len(self.buffer) < length and self.read():
            pass
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body

    def answer(self, request, body):
        close = self.is_last(request)
        if request.path != "/":
            return self.page(404, "Not here.\n", request.method, close)
        if request.method == "POST":
            return self.page(200, f"{len(body)} bytes\n{body.decode('utf-8', 'replace')}", request.method, close)
        return self.page(200 if request.method in ("GET", "HEAD") else 405, PAGE, request.method, close)

    def page(self, status, text, method="GET", close=False):
        body = text.encode()
        fields = f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        fields += "Connection: close\r\n" if close else ""
        return f"HTTP/1.1 {status} {STATUS[status]}\r\n{fields}\r\n".encode() + (b"" if method == "HEAD" else body)

    def is_last(self, request):
        return request.version != "HTTP/1.1" or "close" in [value.lower() for value in request.all("connection")]
