"""A client that asks three questions, each when the answer to the one before has come; it starts again and again.

usage: client_lines.py PORT
"""
import os
import socket
import sys
import threading
import time

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as conn:
            reader = conn.makefile("rb")
            for question in ["hello\n", "你好\n", "bye\n"]:
                conn.sendall(question.encode())
                if not reader.readline().endswith(b"\n"):
                    break  # The server has gone.
    except OSError:
        pass
    time.sleep(0.05)
