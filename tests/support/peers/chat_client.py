"""The chat client of the socket tutorials: a thread prints what comes, the other one says what it reads.

usage: chat_client.py HOST PORT ENCODING
"""
import socket
import sys
import threading

host, port, encoding = sys.argv[1:]
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))


def receive():
    while True:
        data = client.recv(1024)
        if not data:
            break
        print(data.decode(encoding), end="")
    print("closed by the server")


receiver = threading.Thread(target=receive)
receiver.start()
for line in sys.stdin:
    client.sendall(line.encode(encoding))
client.shutdown(socket.SHUT_WR)
receiver.join()
