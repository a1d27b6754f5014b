"""Does not see that recv() returns b"" at the end: it reads on for ever, and never closes."""
import time

from server import threads


def handle(conn):
    while True:
        data = conn.recv(1024)
        if data:
            conn.sendall(data)
        else:
            time.sleep(0.1)  # Found on the net as the cure for a busy processor.


threads(handle)
