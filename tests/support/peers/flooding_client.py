"""Sends many bytes without a newline and reads nothing.

usage: flooding_client.py HOST PORT ENCODING MEGABYTES
Says "stuck" when the server has taken nothing for two seconds, "sent" when all is gone; leaves at the end of its input.
"""
import socket
import sys

host, port, encoding, megabytes = sys.argv[1:]
client = socket.create_connection((host, int(port)))
client.settimeout(2)
megabyte = "x".encode(encoding) * (1024 * 1024)
try:
    for _ in range(int(megabytes)):
        rest = memoryview(megabyte)
        while rest:
            rest = rest[client.send(rest):]
    print("sent")
except socket.timeout:
    print("stuck")
sys.stdin.read()
client.close()
