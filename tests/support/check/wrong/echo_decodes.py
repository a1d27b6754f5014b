"""Decodes each piece by itself: a character that is cut ends the connection."""
from server import threads


def handle(conn):
    while data := conn.recv(1024):
        text = data.decode()
        conn.sendall(text.encode())


threads(handle)
