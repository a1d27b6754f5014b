"""Sends a file under TLS, ends its half, reads the answer to its end and prints it unchanged.

usage: tls_half_close_client.py HOST PORT CA < FILE > ANSWER
"""
import socket
import ssl
import sys

from tls import talk

host, port, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
client = socket.create_connection((host, int(port)))
talk(client, context, sys.stdin.buffer, sys.stdout.buffer, server_hostname=host)
