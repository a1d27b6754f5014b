"""Sends to one client after the other without a lock: two lines at the same time arrive in two orders."""
import time

from chat import Chat


class Order(Chat):
    count = 0

    def say(self, sender, message):
        with self.lock:
            clients = list(self.clients.items())
            self.count += 1
        if self.count % 2:
            clients.reverse()
        for conn, outbox in clients:
            time.sleep(0.005)  # So long a send() takes on a slow network.
            if conn is not sender:
                outbox.put(message)


Order().run()
