"""Takes those who have left out of the list while it walks along the list: the next one in the list is skipped."""
from chat import Chat


class SkipsNext(Chat):
    def __init__(self):
        super().__init__()
        self.clients = []

    def join(self, conn, outbox):
        self.clients.append(conn)

    def leave(self, conn, outbox):
        conn.close()

    def say(self, sender, message):
        with self.lock:
            for conn in self.clients:
                if conn is sender:
                    continue
                try:
                    conn.sendall(message)
                except OSError:
                    self.clients.remove(conn)


SkipsNext().run()
