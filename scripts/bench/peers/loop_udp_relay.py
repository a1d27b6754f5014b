"""Relays datagrams: one socket for each sender, all in one loop. Arguments: port, port of the target."""

import selectors
import socket
import sys

port, target = int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2]))
selector = selectors.DefaultSelector()
entrance = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
entrance.bind(("127.0.0.1", port))
entrance.setblocking(False)
flows = {}


def flow(sender):
    if sender not in flows:
        way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        way.connect(target)
        way.setblocking(False)
        selector.register(way, selectors.EVENT_READ, sender)
        flows[sender] = way
    return flows[sender]


selector.register(entrance, selectors.EVENT_READ)
while True:
    for key, _ in selector.select():
        if key.data is None:
            datagram, sender = entrance.recvfrom(65535)
            flow(sender).send(datagram)
        else:
            entrance.sendto(key.fileobj.recv(65535), key.data)
