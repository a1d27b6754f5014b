"""Takes at most 4096 bytes of an answer, and leaves."""
from client import again


def talk(conn):
    conn.sendall("hello 你好\n".encode())
    answer = b""
    while not answer.endswith(b"\n") and len(answer) < 4096:
        data = conn.recv(4096 - len(answer))
        if not data:
            break
        answer += data
    print(answer)


again(talk)
