"""Waits for the line end, and does not see that recv() returns b"" when it will not come."""
import time

from client import again


def talk(conn):
    for question in ["first\n", "second\n", "third\n"]:
        conn.sendall(question.encode())
        answer = b""
        while b"\n" not in answer:
            data = conn.recv(1024)
            answer += data
            if not data:
                time.sleep(0.1)  # Found on the net as the cure for a busy processor.
        print(answer)


again(talk)
