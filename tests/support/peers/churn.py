"""Connects and leaves at once, again and again.

usage: churn.py HOST PORT ENCODING TIMES
"""
import socket
import sys

host, port, _, times = sys.argv[1:]
for _ in range(int(times)):
    socket.create_connection((host, int(port))).close()
print("done")
