"""Speaks a little SMTP, and leaves when the client ends its half or says QUIT.

usage: mail_server.py HOST PORT [GOODBYE]
"""
import socketserver
import sys

ANSWERS = {b"HELO": b"250 mail.example", b"MAIL": b"250 ok", b"RCPT": b"550 no such user", b"QUIT": b"221 bye"}
if len(sys.argv) > 3:
    ANSWERS[b"QUIT"] = b"221 " + sys.argv[3].encode()


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220-mail.example\r\n220 ready\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write(ANSWERS.get(word, b"500 what?") + b"\r\n")
            if word == b"QUIT":
                break


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


server = Server((sys.argv[1], int(sys.argv[2])), Session)
print("port", server.server_address[1])
server.serve_forever()
