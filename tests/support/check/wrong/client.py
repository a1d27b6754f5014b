"""What the wrong clients share: they start again and again, each time with a new connection.

usage of each: PROGRAM PORT    ends with its standard input
"""
import os
import socket
import sys
import threading
import time


def end_with_stdin():
    while os.read(0, 1024):
        pass
    os._exit(0)


def again(talk):
    threading.Thread(target=end_with_stdin, daemon=True).start()
    while True:
        try:
            with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=3) as conn:
                talk(conn)
        except OSError:
            pass  # Nothing listens yet, or the server has gone.
        except Exception as error:
            print(type(error).__name__, error, file=sys.stderr)
        time.sleep(0.05)
