"""Takes what the first recv() brings for the whole answer."""
from client import again


def talk(conn):
    conn.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    print(conn.recv(65536))


again(talk)
