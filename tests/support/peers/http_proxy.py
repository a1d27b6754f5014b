"""A proxy for one machine: CONNECT and absolute-form. Prints its port, then the first line of each request and its user.

With a word as argument it wants that word, in base64, as Basic credentials.
"""

import socket
import sys
import threading
from urllib.parse import urlsplit

WANTED = f"Basic {sys.argv[1]}" if len(sys.argv) > 1 else None


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def join(client, server):
    other = threading.Thread(target=pump, args=(server, client), daemon=True)
    other.start()
    pump(client, server)
    other.join()


def serve(client):
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(65536)
        if not data:
            return
        head += data
    head, _, rest = head.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    print(lines[0], flush=True)
    if WANTED is not None and fields.get("proxy-authorization") != WANTED:
        client.sendall(b"HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n")
        return
    method, target, _ = lines[0].split(" ")
    if method == "CONNECT":
        host, _, port = target.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
            server.sendall(rest)
            join(client, server)
        return
    url = urlsplit(target)
    path = target[len(f"{url.scheme}://{url.netloc}"):] or "/"
    kept = [line for line in lines[1:] if not line.lower().startswith("proxy-")]
    with socket.create_connection((url.hostname, url.port or 80)) as server:
        server.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "", ""]).encode("latin-1") + rest)
        join(client, server)


def handle(client):
    with client:
        try:
            serve(client)
        except OSError:
            pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()
