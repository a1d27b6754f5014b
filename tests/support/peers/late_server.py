"""Answers one second after the end of what the client sends.

usage: late_server.py HOST PORT ENCODING
"""
import socket
import sys
import time

host, port, encoding = sys.argv[1:]
server = socket.create_server((host, int(port)))
print("port", server.getsockname()[1])
connection, _ = server.accept()
received = b""
while True:
    data = connection.recv(1024)
    if not data:
        break
    received += data
time.sleep(1)
connection.sendall(f"late answer to {received.decode(encoding)}".encode(encoding))
connection.close()
