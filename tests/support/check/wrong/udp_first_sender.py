"""Remembers the first client, and sends the answers to all others there, too."""
import socket

from server import listener

server = listener(socket.SOCK_DGRAM)
client = None
while True:
    data, sender = server.recvfrom(65535)
    client = client or sender
    server.sendto(data, client)
