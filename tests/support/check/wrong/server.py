"""What the wrong servers share, so that each of them shows its one mistake and little else.

usage of each: PROGRAM PORT    prints "port N", and ends with its standard input
"""
import os
import socket
import sys
import threading


def end_with_stdin():
    while os.read(0, 1024):
        pass
    os._exit(0)


def listener(kind=socket.SOCK_STREAM):
    threading.Thread(target=end_with_stdin, daemon=True).start()
    server = socket.socket(socket.AF_INET, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    if kind == socket.SOCK_STREAM:
        server.listen(128)
    print("port", server.getsockname()[1], flush=True)
    return server


def threads(handle):
    """Serves each client in a thread of its own; when `handle` returns or fails, the connection is closed."""
    server = listener()
    while True:
        conn, _ = server.accept()
        threading.Thread(target=serve, args=(handle, conn), daemon=True).start()


def serve(handle, conn):
    with conn:
        try:
            handle(conn)
        except OSError:
            pass  # The client has gone.


def lines(conn):
    """Gives whole lines with their LF, however they arrive; what is unfinished at the end, too."""
    buffer = b""
    while data := conn.recv(65536):
        buffer += data
        *whole, buffer = buffer.split(b"\n")
        yield from (line + b"\n" for line in whole)
    if buffer:
        yield buffer
