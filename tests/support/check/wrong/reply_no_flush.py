"""Writes through a buffer that is never flushed: the answers come when the connection ends."""
from server import threads


def handle(conn):
    with conn.makefile("rb") as reader, conn.makefile("wb") as writer:
        for line in reader:
            writer.write(b"Received: " + line)


threads(handle)
