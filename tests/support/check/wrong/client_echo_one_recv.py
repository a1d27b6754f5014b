"""Takes what the first recv() brings for the whole answer."""
from client import again


def talk(conn):
    conn.sendall("hello 你好\n".encode())
    print(conn.recv(1024))


again(talk)
