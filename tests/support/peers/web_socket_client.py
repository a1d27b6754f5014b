"""Sends messages of both kinds to a server that echoes them, says for each whether it came back as it was, and closes.

usage: web_socket_client.py URL; needs the package websockets
"""
import sys

from websockets.sync.client import connect

MESSAGES = ["héllo 🧦", "", "x" * (1 << 20), bytes([0, 255, 128]), bytes([7]) * 65_536]

with connect(sys.argv[1], max_size=None) as socket:
    for message in MESSAGES:
        socket.send(message)
        kind, size = ("text", len(message.encode())) if isinstance(message, str) else ("binary", len(message))
        print(kind, size, "same" if socket.recv() == message else "differs")
    socket.close(1000, "done")
    answer = socket.protocol.close_rcvd
    print("closed", answer.code if answer else 1006, "cleanly" if answer else "rudely")
