"""Takes what came with the head for the whole body."""
from web import Web


class PostOnce(Web):
    def read_body(self, request):
        length = sum(map(int, request.all("content-length")[:1]))
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body


PostOnce.run()
