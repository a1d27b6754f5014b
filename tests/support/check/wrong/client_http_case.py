"""Finds only a `Content-Length` that is written like this: in lower case it takes the body for empty."""
from client import again


def talk(conn):
    conn.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    received = b""
    while b"\r\n\r\n" not in received:
        data = conn.recv(65536)
        if not data:
            return
        received += data
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"Content-Length":
            length = int(value)
        elif name.lower() in (b"transfer-encoding", b"connection") and b"content-length" not in head.lower():
            length = float("inf")  # Reads to the end of the connection.
    while len(body) < length:
        data = conn.recv(65536)
        if not data:
            break
        body += data
    print(body)


again(talk)
