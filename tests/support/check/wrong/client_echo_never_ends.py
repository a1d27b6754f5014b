"""Reads until all has come back, and does not see that recv() returns b"" when nothing more will come."""
import time

from client import again


def talk(conn):
    for word in ["first\n", "second\n"]:
        message = word.encode()
        conn.sendall(message)
        answer = b""
        while len(answer) < len(message):
            data = conn.recv(1024)
            answer += data
            if not data:
                time.sleep(0.1)  # Found on the net as the cure for a busy processor.
        print(answer)


again(talk)
