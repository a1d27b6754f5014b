"""Decodes each piece by itself: a character that is cut ends the program."""
from client import again


def talk(conn):
    conn.sendall("hello 你好\n".encode())
    answer = ""
    while not answer.endswith("\n"):
        data = conn.recv(1024)
        if not data:
            break
        answer += data.decode()
    print(answer)


again(talk)
