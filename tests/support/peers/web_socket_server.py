"""Serves one WebSocket: says what comes and how it ends, gives texts back in upper case and bytes in reverse, and closes when
it hears `bye`.

usage: web_socket_server.py; needs the package websockets
"""
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve


def select(socket, offered):
    return offered[0] if offered else None


def talk(socket):
    request = socket.request
    print("asked", request.path, socket.subprotocol or "", request.headers.get("x-test", ""))
    try:
        while True:
            message = socket.recv()
            if isinstance(message, str):
                print("text", len(message), "" if len(message) > 100 else message)
                if message == "bye":
                    socket.close(1000, "bye")
                else:
                    socket.send(message.upper())
            else:
                print("binary", len(message))
                socket.send(message[::-1])
    except ConnectionClosed as closed:
        print("closed", closed.rcvd.code if closed.rcvd else 1006, "cleanly" if closed.rcvd else "rudely")
    done.set()


done = threading.Event()
server = serve(talk, "127.0.0.1", 0, select_subprotocol=select)
print("Listening on", server.socket.getsockname()[1])
threading.Thread(target=server.serve_forever, daemon=True).start()
done.wait()
