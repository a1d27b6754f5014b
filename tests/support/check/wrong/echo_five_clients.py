"""Has five workers, one for each connection: the sixth client waits until another one leaves."""
from concurrent.futures import ThreadPoolExecutor

from server import listener, serve


def handle(conn):
    while data := conn.recv(65536):
        conn.sendall(data)


server = listener()
workers = ThreadPoolExecutor(5)
while True:
    conn, _ = server.accept()
    workers.submit(serve, handle, conn)
