"""Reads until all has come, and does not see that recv() returns b"" when nothing more will come."""
from client import again


def talk(conn):
    message = "hello 你好\n".encode()
    conn.sendall(message)
    answer = b""
    while len(answer) < len(message):
        answer += conn.recv(1024)
    print(answer)


again(talk)
