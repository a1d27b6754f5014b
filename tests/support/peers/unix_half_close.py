"""Sends a file over a Unix socket, ends its half, and prints what the other side sends until it ends too.

usage: unix_half_close.py connect|listen PATH < FILE > ANSWER
"""
import socket
import sys
import threading

role, path = sys.argv[1:]
peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
if role == "connect":
    peer.connect(path)
else:
    peer.bind(path)
    peer.listen()
    peer, _ = peer.accept()


def speak():
    peer.sendall(sys.stdin.buffer.read())
    peer.shutdown(socket.SHUT_WR)


speaker = threading.Thread(target=speak)
speaker.start()
while data := peer.recv(65536):
    sys.stdout.buffer.write(data)
speaker.join()
