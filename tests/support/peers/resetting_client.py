"""Says half of something and resets the connection, as often as asked.

usage: resetting_client.py HOST PORT ENCODING TIMES [at once]
Without "at once" it has a first answer before, so that the server has taken the connection.
"""
import socket
import struct
import sys

host, port, encoding, times, *at_once = sys.argv[1:]
for _ in range(int(times)):
    client = socket.create_connection((host, int(port)))
    if not at_once:
        client.sendall("hello".encode(encoding))
        client.recv(1024)
    client.sendall("half a mess".encode(encoding))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
print("reset")
