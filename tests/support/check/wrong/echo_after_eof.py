"""Collects everything until the client has finished, and answers only then."""
from server import threads


def handle(conn):
    received = b""
    while data := conn.recv(65536):
        received += data
    conn.sendall(received)


threads(handle)
