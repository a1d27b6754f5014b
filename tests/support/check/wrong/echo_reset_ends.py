"""Serves all clients in one loop, and does not expect that recv() fails: a reset ends the program."""
import selectors

from server import listener

server = listener()
watched = selectors.DefaultSelector()
watched.register(server, selectors.EVENT_READ)
while True:
    for key, _ in watched.select():
        if key.fileobj is server:
            conn, _ = server.accept()
            watched.register(conn, selectors.EVENT_READ)
            continue
        data = key.fileobj.recv(65536)
        if data:
            key.fileobj.sendall(data)
        else:
            watched.unregister(key.fileobj)
            key.fileobj.close()
