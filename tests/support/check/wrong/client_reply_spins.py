"""Waits for the line end, and does not see that recv() returns b"" when it will not come."""
from client import again


def talk(conn):
    for question in ["first\n", "second\n", "third\n"]:
        conn.sendall(question.encode())
        answer = b""
        while b"\n" not in answer:
            answer += conn.recv(1024)
        print(answer)


again(talk)
