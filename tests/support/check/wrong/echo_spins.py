"""Does not see that recv() returns b"" at the end: it reads on for ever, as fast as it can."""
from server import threads


def handle(conn):
    while True:
        data = conn.recv(1024)
        conn.sendall(data)


threads(handle)
