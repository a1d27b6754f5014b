"""The threaded chat of the tutorials: what recv() returned goes to all others, and a client that has left is not noticed.

usage: chat_tutorial.py HOST PORT
"""
import socket
import sys
import threading

clients = []


def serve(client, address):
    while True:
        try:
            message = client.recv(1024)
            for other in clients:
                if other is not client:
                    other.send(b"<%d> " % address[1] + message)
        except OSError:
            continue


server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(100)
print("port", server.getsockname()[1])
while True:
    client, address = server.accept()
    clients.append(client)
    threading.Thread(target=serve, args=(client, address), daemon=True).start()
