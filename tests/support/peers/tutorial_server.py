"""The server of the socket tutorials: one client, upper-case answers.

usage: tutorial_server.py HOST PORT ENCODING
"""
import socket
import sys

host, port, encoding = sys.argv[1:]
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((host, int(port)))
server.listen(5)
print("port", server.getsockname()[1])
connection, _ = server.accept()
while True:
    data = connection.recv(1024)
    if not data:
        break
    print("got:", data.decode(encoding))
    connection.sendall(data.decode(encoding).upper().encode(encoding))
connection.close()
