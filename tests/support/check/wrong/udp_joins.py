"""Takes datagrams for pieces of a stream: those that come soon after each other are answered as one."""
import socket

from server import listener

server = listener(socket.SOCK_DGRAM)
while True:
    server.settimeout(None)
    received, sender = server.recvfrom(65535)
    server.settimeout(0.02)
    try:
        while True:
            received += server.recvfrom(65535)[0]
    except TimeoutError:
        pass
    server.sendto(received[:65507], sender)
