"""Takes an empty line for the end of the conversation."""
from server import lines, threads


def handle(conn):
    for line in lines(conn):
        if not line.strip():
            break
        conn.sendall(b"Received: " + line)


threads(handle)
