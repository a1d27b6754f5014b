"""Opens many connections, keeps them, and leaves with all of them at the end of its input.

usage: crowd.py HOST PORT ENCODING COUNT
"""
import socket
import sys

host, port, _, count = sys.argv[1:]
crowd = [socket.create_connection((host, int(port))) for _ in range(int(count))]
print("all connected")
sys.stdin.read()
for client in crowd:
    client.close()
