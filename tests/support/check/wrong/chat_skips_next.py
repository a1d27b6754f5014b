"""Takes those who have left out of the list while it walks along the list: the next one in the list is skipped."""
from chat import Chat


class SkipsNext(Chat):
    def __init__(self):
        super().__init__()
        self.clients = []
        self.gone = set()

    def join(self, conn, outbox):
        with self.lock:
            self.clients.append((conn, outbox))
            # As they were accepted, in whatever order their threads began: who is next must not be chance.
            self.clients.sort(key=lambda client: client[0].fileno())

    def leave(self, conn, outbox):
        self.gone.add(conn)
        outbox.put(None)

    def say(self, sender, message):
        with self.lock:
            for client in self.clients:
                conn, outbox = client
                if conn in self.gone:
                    self.clients.remove(client)
                elif conn is not sender:
                    outbox.put(message)


SkipsNext().run()
