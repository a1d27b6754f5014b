"""Reads until `Content-Length` bytes have come, also when recv() returns b"" because there are no more."""
import re

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
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    if length:
        while len(body) < int(length[1]):
            body += conn.recv(65536)
    else:
        while data := conn.recv(65536):
            body += data
    print(body)


again(talk)
