"""Sends a file, ends its half, reads the answer to its end and prints it unchanged.

usage: half_close_client.py HOST PORT ENCODING < FILE > ANSWER
"""
import socket
import sys
import threading

host, port, _ = sys.argv[1:]
client = socket.create_connection((host, int(port)))


def speak():
    client.sendall(sys.stdin.buffer.read())
    client.shutdown(socket.SHUT_WR)


speaker = threading.Thread(target=speak)
speaker.start()
while True:
    data = client.recv(1024)
    if not data:
        break
    sys.stdout.buffer.write(data)
speaker.join()
