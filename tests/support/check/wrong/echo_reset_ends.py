"""Serves all clients in one loop, and does not expect that recv() fails: a reset ends the program."""
import selectors

from server import listener

server = listener()
watched = selectors.DefaultSelector()
watched.register(server, selectors.EVENT_READ)
while True:
    for key, _ in watched.select():
        conn, unsent = key.fileobj, key.data
        if conn is server:
            conn, _ = server.accept()
            conn.setblocking(False)
            watched.register(conn, selectors.EVENT_READ, b"")
            continue
        if not unsent:
            unsent = conn.recv(65536)
            if not unsent:
                watched.unregister(conn)
                conn.close()
                continue
        try:
            unsent = unsent[conn.send(unsent):]
        except BlockingIOError:
            pass
        watched.modify(conn, selectors.EVENT_WRITE if unsent else selectors.EVENT_READ, unsent)
