"""Makes LF of CRLF, as text files do."""
from server import threads


def handle(conn):
    while data := conn.recv(1024):
        conn.sendall(data.replace(b"\r\n", b"\n"))


threads(handle)
