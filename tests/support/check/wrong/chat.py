"""A group chat without a mistake, of which the wrong chats change one part. What a client says, all others read."""
import queue
import threading

import server


class Chat:
    def __init__(self):
        self.lock = threading.Lock()
        self.clients = {}

    def run(self):
        server.threads(self.handle)

    def handle(self, conn):
        outbox = queue.SimpleQueue()
        threading.Thread(target=self.write, args=(conn, outbox), daemon=True).start()
        self.join(conn, outbox)
        try:
            for message in self.messages(conn):
                self.say(conn, message)
        finally:
            self.leave(conn, outbox)

    def join(self, conn, outbox):
        with self.lock:
            self.clients[conn] = outbox

    def leave(self, conn, outbox):
        with self.lock:
            self.clients.pop(conn, None)
        outbox.put(None)

    def messages(self, conn):
        """Whole lines with their LF, without control characters; half a line at the end gets one."""
        for line in server.lines(conn):
            yield line.translate(None, bytes(range(32))) + b"\n"

    def say(self, sender, message):
        with self.lock:
            for conn, outbox in self.clients.items():
                if conn is not sender:
                    outbox.put(message)

    def write(self, conn, outbox):
        """Each client has a thread that writes: one that does not read keeps no other waiting."""
        try:
            while message := outbox.get():
                conn.sendall(message)
        except OSError:
            pass  # The client has gone.
