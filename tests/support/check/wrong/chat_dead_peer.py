"""Does not expect that sendall() fails: the next one who talks after somebody has left is thrown out."""
from chat import Chat


class DeadPeer(Chat):
    def leave(self, conn, outbox):
        conn.close()

    def say(self, sender, message):
        for conn in self.clients:
            if conn is not sender:
                conn.sendall(message)


DeadPeer().run()
