"""Ends when a client has gone: recvfrom() tells of the ICMP message, as it does on Windows by default."""
import socket

from server import listener

IP_RECVERR = 11

server = listener(socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
while True:
    data, sender = server.recvfrom(65535)
    server.sendto(data, sender)
