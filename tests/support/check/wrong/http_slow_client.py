"""Serves all clients in one loop, and reads each request to its end: half a request keeps all others waiting."""
import select

from server import listener
from web import BadRequest, Web

server = listener()
clients = {}


def serve(web):
    """Answers what has been sent; False when the client is done."""
    try:
        while web.serve():
            if not web.buffer:
                return True
    except BadRequest as error:
        web.conn.sendall(web.page(error.args[0], "", close=True))
        web.drain()
    return False


while True:
    for conn in select.select([server, *clients], [], [])[0]:
        if conn is server:
            conn, _ = server.accept()
            clients[conn] = Web()
            clients[conn].conn = conn
            continue
        try:
            stays = serve(clients[conn])
        except OSError:
            stays = False
        if not stays:
            del clients[conn]
            conn.close()
