"""Reads the first line and then nothing, with little room for what comes, until the end of its input; then says how it ended.

usage: deaf_client.py HOST PORT ENCODING
"""
import socket
import sys

host, port, encoding = sys.argv[1:]
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
client.connect((host, int(port)))
line = b""
while not line.endswith(b"\n"):
    line += client.recv(1)
print(line.decode(encoding), end="")
sys.stdin.read()
try:
    while client.recv(65536):
        pass
    print("closed by the server")
except ConnectionResetError:
    print("reset by the server")
