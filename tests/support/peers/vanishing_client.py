"""Dies in the middle of a message, even in the middle of a character.

usage: vanishing_client.py HOST PORT ENCODING
"""
import os
import signal
import socket
import sys

host, port, encoding = sys.argv[1:]
client = socket.create_connection((host, int(port)))
client.sendall("half a 消".encode(encoding)[:-1])
print("sent")
os.kill(os.getpid(), signal.SIGKILL)
