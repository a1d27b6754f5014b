"""Closes when the client says "bye", and only then: one that just leaves stays connected for ever."""
import threading

from server import lines, threads


def handle(conn):
    for line in lines(conn):
        conn.sendall(b"Received: " + line)
        if line.strip() == b"bye":
            return
    threading.Event().wait()


threads(handle)
