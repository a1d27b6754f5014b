"""Sends each datagram back."""
import os
import socket
import sys
import threading

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
print("port", server.getsockname()[1], flush=True)
while True:
    data, sender = server.recvfrom(65535)
    server.sendto(data, sender)
