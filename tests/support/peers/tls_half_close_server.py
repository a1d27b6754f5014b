"""Prints what one client sends under TLS, unchanged; gives it its own input and ends its half.

usage: tls_half_close_server.py HOST PORT CERT KEY < ANSWER > FILE
"""
import socket
import ssl
import sys

from tls import talk

host, port, cert, key = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(cert, key)
server = socket.create_server((host, int(port)))
connection, _ = server.accept()
talk(connection, context, sys.stdin.buffer, sys.stdout.buffer, server_side=True)
