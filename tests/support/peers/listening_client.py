"""Says what it reads on its standard input, and prints everything that comes, until the server closes.

usage: listening_client.py HOST PORT ENCODING
"""
import socket
import sys
import threading

host, port, encoding = sys.argv[1:]
client = socket.create_connection((host, int(port)))


def speak():
    for line in sys.stdin:
        client.sendall(line.rstrip("\n").encode(encoding))


threading.Thread(target=speak, daemon=True).start()
while True:
    data = client.recv(1024)
    if not data:
        break
    print("got:", data.decode(encoding).rstrip("\n"))
print("closed by the server")
