"""Waits for the line end, but forgets what came behind it: the second of two lines at once gets no answer."""
from server import threads


def handle(conn):
    buffer = b""
    while data := conn.recv(65536):
        buffer += data
        if b"\n" in buffer:
            conn.sendall(b"Received: " + buffer.partition(b"\n")[0] + b"\n")
            buffer = b""


threads(handle)
