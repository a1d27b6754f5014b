"""Sends each line that it reads to a group; or tells whether that works here.

usage: multicast.py probe GROUP INTERFACE | multicast.py send GROUP INTERFACE PORT
"""
import socket
import sys

role, group, interface, *rest = sys.argv[1:]
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
if role == "send":
    for line in sys.stdin:
        sender.sendto(line.encode(), (group, int(rest[0])))
else:
    hearer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hearer.bind(("", 0))
    hearer.settimeout(1)
    membership = socket.inet_aton(group) + socket.inet_aton(interface)
    hearer.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    sender.sendto(b"probe", (group, hearer.getsockname()[1]))
    hearer.recvfrom(100)
