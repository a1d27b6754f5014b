"""Reads the request in the loop that accepts: a slow client keeps all others waiting."""
import threading

from server import listener, serve
from web import Web


class Read(Web):
    """Has read the first piece already."""

    def __init__(self, buffer):
        super().__init__()
        self.buffer = buffer


server = listener()
while True:
    conn, _ = server.accept()
    received = b""
    try:
        while b"\n\r\n" not in received and b"\n\n" not in received and len(received) < 65536:
            data = conn.recv(65536)
            if not data:
                break
            received += data
    except OSError:
        pass
    threading.Thread(target=serve, args=(Read(received).handle, conn), daemon=True).start()
