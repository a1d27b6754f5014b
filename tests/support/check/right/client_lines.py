"""A client that asks three questions, each when the answer to the one before has come; it starts again and again.

usage: client_lines.py PORT
"""
import os
import socket
import sys
import threading
import time


def ask(conn, question):
    """Gives the answer up to its line end, or what came of it."""
    conn.sendall(question)
    answer = b""
    while not answer.endswith(b"\n"):
        data = conn.recv(65536)
        if not data:
            raise ConnectionError("the server has gone")
        answer += data
    return answer


threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as conn:
            for question in ["hello\n", "你好\n", "bye\n"]:
                ask(conn, question.encode())
    except OSError:
        pass
    time.sleep(0.05)
