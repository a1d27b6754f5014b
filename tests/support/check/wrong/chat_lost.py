"""Has room for one line on its way to each client: of lines that are said at the same time some are lost."""
import queue
import threading
import time

from chat import Chat


class Lost(Chat):
    def handle(self, conn):
        outbox = queue.Queue(1)
        threading.Thread(target=self.write, args=(conn, outbox), daemon=True).start()
        self.join(conn, outbox)
        try:
            for message in self.messages(conn):
                self.say(conn, message)
        finally:
            with self.lock:
                self.clients.pop(conn, None)

    def say(self, sender, message):
        with self.lock:
            for conn, outbox in self.clients.items():
                if conn is not sender and not outbox.full():
                    outbox.put(message)

    def write(self, conn, outbox):
        try:
            while message := outbox.get():
                conn.sendall(message)
                time.sleep(0.02)  # So long a send() takes on a slow network.
        except OSError:
            pass


Lost().run()
