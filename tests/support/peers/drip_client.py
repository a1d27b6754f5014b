"""Sends a text byte by byte.

usage: drip_client.py HOST PORT ENCODING free|locked TEXT
free: as fast as it can; locked: waits for something to come back after each byte.
"""
import socket
import sys

host, port, encoding, pace, text = sys.argv[1:]
client = socket.create_connection((host, int(port)))
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for byte in text.encode(encoding):
    client.send(bytes([byte]))
    if pace == "locked":
        client.recv(1024)
client.shutdown(socket.SHUT_WR)
while client.recv(1024):
    pass
print("done")
