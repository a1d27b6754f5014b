"""Sends to one client after the other without a lock: two lines at the same time arrive in two orders."""
import random
import time

from chat import Chat


class Order(Chat):
    def say(self, sender, message):
        with self.lock:
            clients = list(self.clients.items())
        random.shuffle(clients)  # As a set may do, or a pool of threads.
        for conn, outbox in clients:
            time.sleep(0.005)  # So long a send() takes on a slow network.
            if conn is not sender:
                outbox.put(message)


Order().run()
