"""The client of the socket tutorials: says something, prints the answer, again and again.

usage: tutorial_client.py HOST PORT ENCODING MESSAGE...
With "close" as the last message it waits for the server to close instead of leaving.
"""
import socket
import sys

host, port, encoding, *messages = sys.argv[1:]
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((host, int(port)))
for message in messages:
    if message == "close":
        rest = client.recv(1024)
        print("closed by the server" if rest == b"" else f"unexpected: {rest!r}")
        break
    client.sendall(message.encode(encoding))
    answer = client.recv(1024)
    print("answer:", answer.decode(encoding))
client.close()
