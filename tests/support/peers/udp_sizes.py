"""Sends datagrams of some lengths to a server that echoes, and prints the lengths of those that come back unchanged.

usage: udp_sizes.py HOST PORT ENCODING LENGTH...
"""
import random
import socket
import sys

host, port, _, *lengths = sys.argv[1:]
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(10)
for length in lengths:
    datagram = random.randbytes(int(length))
    client.sendto(datagram, (host, int(port)))
    answer, _ = client.recvfrom(65536)
    print(length if answer == datagram else f"not {length} but {len(answer)}")
