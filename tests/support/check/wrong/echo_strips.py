"""Strips white space: the line ends do not come back."""
from server import threads


def handle(conn):
    while data := conn.recv(1024):
        conn.sendall(data.strip())


threads(handle)
