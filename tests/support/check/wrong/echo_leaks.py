"""Shuts connections down but keeps them: after some hundred clients there are no descriptors left, and the program ends."""
import resource
import socket
import threading

from server import listener

# Stands for the 256 of macOS and the 1024 of Linux, of which a program that serves more clients runs out later.
resource.setrlimit(resource.RLIMIT_NOFILE, (250, 250))
clients = []


def handle(conn):
    try:
        while data := conn.recv(1024):
            conn.sendall(data)
        conn.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


server = listener()
while True:
    conn, _ = server.accept()
    clients.append(conn)
    threading.Thread(target=handle, args=(conn,), daemon=True).start()
