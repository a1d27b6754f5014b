"""Closes the connection after 64 KiB."""
from server import threads


def handle(conn):
    count = 0
    while count < 65536 and (data := conn.recv(1024)):
        count += len(data)
        conn.sendall(data)


threads(handle)
