"""Serves all clients in one loop with sendall(): one that does not read stops it for all."""
import select

from server import listener

server = listener()
clients = []
while True:
    for conn in select.select([server, *clients], [], [])[0]:
        if conn is server:
            conn, _ = server.accept()
            clients.append(conn)
            continue
        try:
            data = conn.recv(65536)
            conn.sendall(data)
        except OSError:
            data = b""
        if not data:
            clients.remove(conn)
            conn.close()
