"""Takes what each recv() brings for the whole answer, and asks the next question."""
from client import again


def talk(conn):
    for question in ["first\n", "second\n", "third\n"]:
        conn.sendall(question.encode())
        answer = conn.recv(1024)
        if not answer:
            break
        print(answer)


again(talk)
