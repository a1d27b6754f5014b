"""Says each argument under TLS and prints the answer, checks the certificate, and leaves politely.

usage: tls_client.py HOST PORT CA MESSAGE...
"""
import socket
import ssl
import sys

host, port, ca, *messages = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
with socket.create_connection((host, int(port))) as connection:
    with context.wrap_socket(connection, server_hostname=host) as tls:
        for message in messages:
            tls.sendall(message.encode())
            print("answer:", tls.recv(1024).decode())
        tls.unwrap()
        print("ended by both")
