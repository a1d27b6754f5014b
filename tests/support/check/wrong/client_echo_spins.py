"""Prints whatever comes, for ever: it does not see that recv() returns b"" when nothing more will come."""
from client import again


def talk(conn):
    conn.sendall("hello 你好\n".encode())
    while True:
        data = conn.recv(1024)
        if data:
            print(data)


again(talk)
