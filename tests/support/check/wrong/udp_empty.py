"""Takes an empty datagram for the end, as if it were a stream, and ends."""
import socket

from server import listener

server = listener(socket.SOCK_DGRAM)
while True:
    data, sender = server.recvfrom(65535)
    if not data:
        break
    server.sendto(data, sender)
