"""Prints what one client sends, unchanged; gives it its own input and ends its half.

usage: half_close_server.py HOST PORT ENCODING < ANSWER > FILE
"""
import socket
import sys
import threading

host, port, _ = sys.argv[1:]
server = socket.create_server((host, int(port)))
print("port", server.getsockname()[1], file=sys.stderr)
connection, _ = server.accept()


def speak():
    connection.sendall(sys.stdin.buffer.read())
    connection.shutdown(socket.SHUT_WR)


speaker = threading.Thread(target=speak)
speaker.start()
while True:
    data = connection.recv(1024)
    if not data:
        break
    sys.stdout.buffer.write(data)
speaker.join()
