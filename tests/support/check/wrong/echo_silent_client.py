"""Reads the first message in the loop that accepts: a client that says nothing keeps all others out."""
import threading

from server import listener, serve


def talk(conn, data):
    while data:
        conn.sendall(data)
        data = conn.recv(1024)


server = listener()
while True:
    conn, _ = server.accept()
    try:
        first = conn.recv(1024)
    except OSError:
        first = b""
    threading.Thread(target=serve, args=(lambda conn, first=first: talk(conn, first), conn), daemon=True).start()
