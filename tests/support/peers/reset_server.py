"""Resets its client after the first message.

usage: reset_server.py HOST PORT ENCODING
"""
import socket
import struct
import sys

host, port, _ = sys.argv[1:]
server = socket.create_server((host, int(port)))
print("port", server.getsockname()[1])
connection, _ = server.accept()
connection.recv(1024)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.close()
