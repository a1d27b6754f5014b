"""An echo server as the tutorials show it: a thread for each client. `threads_echo.py PORT`"""

import socket
import sys
import threading


def echo(client):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client:
        try:
            while data := client.recv(65536):
                client.sendall(data)
        except OSError:
            pass  # The client reset the connection.


server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)
while True:
    connection, _ = server.accept()
    threading.Thread(target=echo, args=(connection,), daemon=True).start()
