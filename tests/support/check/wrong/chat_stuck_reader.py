"""Sends to all clients under the lock: one that does not read stops the chat."""
import socket

from chat import Chat


class StuckReader(Chat):
    def join(self, conn, outbox):
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        super().join(conn, outbox)

    def say(self, sender, message):
        with self.lock:
            for conn in self.clients:
                if conn is not sender:
                    try:
                        conn.sendall(message)
                    except OSError:
                        pass  # It has gone, and leaves by itself.


StuckReader().run()
