"""Keeps what was read in a global variable: clients that talk at the same time get the bytes of others."""
import time

from server import threads

data = b""


def handle(conn):
    global data
    while True:
        received = conn.recv(65536)
        if not received:
            break
        data = received
        time.sleep(0.005)  # The line in a log, the query in a database…
        conn.sendall(data)


threads(handle)
