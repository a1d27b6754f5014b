"""A group chat: a thread that reads and one that writes for each client, and a lock around the list of clients."""
import os
import queue
import socket
import sys
import threading

clients = {}
lock = threading.Lock()


def say(message, sender=None):
    with lock:
        for conn, outbox in clients.items():
            if conn is not sender:
                outbox.put(message)


def write(conn, outbox):
    try:
        while message := outbox.get():
            conn.sendall(message)
    except OSError:
        pass  # It has gone; the thread that reads notices, too.


def read(conn, name):
    outbox = queue.SimpleQueue()
    with lock:
        clients[conn] = outbox
    threading.Thread(target=write, args=(conn, outbox), daemon=True).start()
    say(f"*** {name} joined\n".encode(), conn)
    buffer = b""
    try:
        while data := conn.recv(65536):
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                say(f"<{name}> ".encode() + line.translate(None, bytes(range(32))) + b"\n", conn)
    except OSError:
        pass
    with lock:
        del clients[conn]
    outbox.put(None)
    say(f"*** {name} left\n".encode())
    conn.close()


threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
print("port", server.getsockname()[1], flush=True)
number = 0
while True:
    conn, _ = server.accept()
    number += 1
    threading.Thread(target=read, args=(conn, f"user{number}"), daemon=True).start()
