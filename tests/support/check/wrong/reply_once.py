"""Answers the first line only, and then just reads."""
from server import lines, threads


def handle(conn):
    for count, line in enumerate(lines(conn)):
        if count == 0:
            conn.sendall(b"Received: " + line)


threads(handle)
