"""A web client: urllib's, again and again.

usage: client_urllib.py PORT
"""
import http.client
import os
import sys
import threading
import time
import urllib.request

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/", timeout=5) as response:
            response.read()
    except (OSError, http.client.HTTPException):
        pass
    time.sleep(0.05)
