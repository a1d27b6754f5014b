"""Serves one client after the other."""
import os
import socket
import sys
import threading

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("port", server.getsockname()[1], flush=True)
while True:
    conn, _ = server.accept()
    with conn:
        try:
            while data := conn.recv(4096):
                conn.sendall(data)
        except OSError:
            pass
