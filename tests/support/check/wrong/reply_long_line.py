"""Reads lines with room for 1024 bytes: a longer one is taken for several."""
from server import threads


def handle(conn):
    with conn.makefile("rb") as reader:
        while reader.readline(1024):
            conn.sendall(b"Received, thank you!\n")


threads(handle)
