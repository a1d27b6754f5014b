"""Binds a port of the loopback and starts a program with the socket as descriptor 3, as systemd does.

usage: activate.py COUNT PROGRAM...    COUNT is what LISTEN_FDS says
"""
import os
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(128)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS=sys.argv[1], LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
