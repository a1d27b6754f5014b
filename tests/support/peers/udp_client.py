"""Says each line that it reads in a datagram, and prints the datagrams that come.

usage: udp_client.py HOST PORT ENCODING
"""
import socket
import sys
import threading

host, port, encoding = sys.argv[1:]
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.connect((host, int(port)))


def receive():
    while True:
        print(client.recv(65536).decode(encoding), end="")


threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    client.send(line.encode(encoding))
