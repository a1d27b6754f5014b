"""Takes all text for UTF-8: other encodings end the connection."""
from server import lines, threads


def handle(conn):
    for line in lines(conn):
        conn.sendall(f"Received: {line.decode()}".encode())


threads(handle)
