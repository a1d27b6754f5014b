"""Serves one client after the other under TLS: prints whom it asks for, and gives back in upper case what it says.

usage: tls_server.py HOST PORT CERT KEY
"""
import socket
import ssl
import sys

host, port, cert, key = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(cert, key)
context.sni_callback = lambda tls, name, _: print("asked for", name)
server = socket.create_server((host, int(port)))
print("port", server.getsockname()[1])
while True:
    connection, _ = server.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as tls:
            while data := tls.recv(1024):
                tls.sendall(data.upper())
            tls.unwrap()
            print("left")
    except OSError as error:
        print("failed", error)
