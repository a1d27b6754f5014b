"""Answers each line, in a thread for each client."""
import os
import socketserver
import sys
import threading


class Reply(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            for line in self.rfile:
                self.wfile.write(b"Received: " + line)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = Server(("127.0.0.1", int(sys.argv[1])), Reply)
print("port", server.server_address[1], flush=True)
server.serve_forever()
