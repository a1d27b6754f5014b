"""Puts words before what it sends back."""
from server import threads


def handle(conn):
    while data := conn.recv(1024):
        conn.sendall(b"You said: " + data)


threads(handle)
