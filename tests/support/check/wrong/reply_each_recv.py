"""Answers each recv(), not each line: a line in two pieces gets two answers, two lines at once get one."""
from server import threads


def handle(conn):
    while conn.recv(1024):
        conn.sendall(b"Received, thank you!\n")


threads(handle)
