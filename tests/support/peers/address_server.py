"""Prints where each client comes from, and gives back what it says.

usage: address_server.py HOST PORT ENCODING
"""
import socket
import sys

host, port, _ = sys.argv[1:]
server = socket.create_server((host, int(port)))
print("port", server.getsockname()[1])
while True:
    connection, address = server.accept()
    print("from", address[0])
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)
