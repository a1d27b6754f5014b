"""The UDP server of the socket tutorials: prints length and text of each datagram, and gives it back in upper case.

usage: udp_server.py HOST PORT ENCODING
"""
import json
import socket
import sys

host, port, encoding = sys.argv[1:]
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))
print("port", server.getsockname()[1])
while True:
    data, address = server.recvfrom(65536)
    text = data.decode(encoding)
    print(len(data), json.dumps(text, ensure_ascii=False) if len(text) < 100 else "...", "from", address[0])
    server.sendto(text.upper().encode(encoding), address)
