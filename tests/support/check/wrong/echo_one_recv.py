"""Takes what the first recv() brings for the whole message, answers, and closes."""
from server import threads


def handle(conn):
    conn.sendall(conn.recv(1024))


threads(handle)
