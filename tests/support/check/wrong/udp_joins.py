"""Takes the datagrams for a stream: it collects them, and answers when a line end has come."""
import socket

from server import listener

server = listener(socket.SOCK_DGRAM)
received = b""
while True:
    data, sender = server.recvfrom(65535)
    received += data
    if b"\n" in received:
        server.sendto(received, sender)
        received = b""
