"""Lingers for no time, "so that the port is free at once": each connection ends with a reset."""
import socket
import struct

from server import threads


def handle(conn):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    while data := conn.recv(65536):
        conn.sendall(data)


threads(handle)
