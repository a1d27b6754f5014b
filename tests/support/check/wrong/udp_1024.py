"""Has room for 1024 bytes: the rest of a datagram is lost."""
import socket

from server import listener

server = listener(socket.SOCK_DGRAM)
while True:
    data, sender = server.recvfrom(1024)
    server.sendto(data, sender)
