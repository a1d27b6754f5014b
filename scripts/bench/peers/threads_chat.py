"""A chat as the tutorials show it: a thread for each client sends its lines to all others. `threads_chat.py PORT`"""

import socket
import sys
import threading

clients = []
lock = threading.Lock()


def talk(client):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        for line in client.makefile("rb"):
            with lock:
                for other in clients:
                    if other is not client:
                        other.sendall(line)
    except OSError:
        pass  # The client reset the connection.
    with lock:
        clients.remove(client)
    client.close()


server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)
while True:
    connection, _ = server.accept()
    with lock:
        clients.append(connection)
    threading.Thread(target=talk, args=(connection,), daemon=True).start()
