"""Reads up to the first line end, as it should, answers, and closes: the second line gets no answer."""
from server import threads


def handle(conn):
    reader = conn.makefile("rb")
    conn.sendall(reader.readline())


threads(handle)
