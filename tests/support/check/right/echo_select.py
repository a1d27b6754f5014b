"""Serves all clients in one loop: it reads from a client only when it has nothing left to write to it."""
import os
import selectors
import socket
import sys

server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
server.setblocking(False)
print("port", server.getsockname()[1], flush=True)
watched = selectors.DefaultSelector()
watched.register(server, selectors.EVENT_READ)
watched.register(sys.stdin, selectors.EVENT_READ)


def serve(conn, unsent):
    """Moves what can be moved; gives what is unsent, or None when the client has gone."""
    try:
        if not unsent:
            unsent = conn.recv(65536)
            if not unsent:
                return None
        return unsent[conn.send(unsent):]
    except BlockingIOError:
        return unsent
    except OSError:
        return None


while True:
    for key, _ in watched.select():
        if key.fileobj is sys.stdin:
            if not os.read(0, 1024):
                os._exit(0)
        elif key.fileobj is server:
            conn, _ = server.accept()
            conn.setblocking(False)
            watched.register(conn, selectors.EVENT_READ, b"")
        else:
            unsent = serve(key.fileobj, key.data)
            if unsent is None:
                watched.unregister(key.fileobj)
                key.fileobj.close()
            else:
                watched.modify(key.fileobj, selectors.EVENT_WRITE if unsent else selectors.EVENT_READ, unsent)
