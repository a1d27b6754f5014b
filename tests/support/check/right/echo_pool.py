"""Has a pool of five threads: the sixth client waits until another one leaves."""
import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor


def handle(conn):
    with conn:
        try:
            while data := conn.recv(65536):
                conn.sendall(data)
        except OSError:
            pass


threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
print("port", server.getsockname()[1], flush=True)
workers = ThreadPoolExecutor(5)
while True:
    workers.submit(handle, server.accept()[0])
