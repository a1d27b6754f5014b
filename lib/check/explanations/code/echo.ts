/**
 * The programs of `--explain echo/…`.
 *
 * @module
 */

import { type Code, serving } from "./skeleton.ts";

/** It sends back the bytes that have come, until the client sends no more. */
const ECHO = serving(`try:
    while data := conn.recv(4096):
        conn.sendall(data)
except ConnectionError:
    pass  # this client is gone, the next one may come`);

/** A thread for each client. */
const THREADS = `import socket
from threading import Thread

def serve(conn):
    try:
        with conn:
            while data := conn.recv(4096):
                conn.sendall(data)
    except ConnectionError:
        pass  # this client is gone

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        Thread(target=serve, args=(conn,), daemon=True).start()`;

/** The end of the line is lost. */
export const STRIPPED: Code = {
  wrong: serving(`text = conn.recv(1024).decode().strip()
conn.sendall(text.encode())  # where is the newline?`),
  right: ECHO,
};

/** Bytes are taken for text. */
export const DECODED: Code = {
  wrong: serving(`while data := conn.recv(4096):
    text = data.decode(errors="ignore")
    conn.sendall(text.encode())  # not the same bytes`),
  right: ECHO,
};

/** Bytes are left unread. */
export const LEFT_UNREAD: Code = {
  wrong: serving(`data = conn.recv(4)  # the rest stays unread
conn.sendall(data)
# closing now resets the connection`),
  right: ECHO,
};

/** One recv() for a whole message. */
export const ONE_RECV: Code = {
  wrong: serving(`data = conn.recv(1024)  # what has arrived so far
conn.sendall(data)`),
  right: ECHO,
};

/** Each recv() is taken for a line. */
export const RECV_IS_LINE: Code = {
  wrong: serving(`while data := conn.recv(1024):
    conn.sendall(data.rstrip() + b"\\n")  # a newline per recv()`),
  right: ECHO,
};

/** What follows the first line is lost. */
export const FIRST_LINE_ONLY: Code = {
  wrong: serving(`while data := conn.recv(1024):
    line = data.split(b"\\n")[0]  # and the rest?
    conn.sendall(line + b"\\n")`),
  right: ECHO,
};

/** A short read is taken for the end. */
export const SHORT_READ: Code = {
  wrong: serving(`data = b""
while True:
    part = conn.recv(1024)
    data += part
    if len(part) < 1024:  # "the last part": no!
        break
conn.sendall(data)`),
  right: ECHO,
};

/** send() is taken for sendall(). */
export const SEND_COUNT: Code = {
  wrong: serving(`conn.settimeout(30)
while data := conn.recv(65536):
    conn.send(data)  # says how much it took: perhaps not all`),
  right: ECHO,
};

/** One client at a time. */
export const ONE_CLIENT: Code = {
  wrong: serving(`while data := conn.recv(4096):  # the others wait
    conn.sendall(data)`),
  right: THREADS,
};

/** A wait for a client that is silent. */
export const SILENT_CLIENT: Code = {
  wrong: `import socket
from threading import Thread

def serve(conn, data):
    while data:
        conn.sendall(data)
        data = conn.recv(4096)

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        data = conn.recv(4096)  # waits for a silent client
        Thread(target=serve, args=(conn, data)).start()`,
  right: THREADS,
};

/** A reset that ends the server. */
export const RESET: Code = {
  wrong: serving(`while data := conn.recv(4096):  # may raise
    conn.sendall(data)`),
  right: ECHO,
};

/** The end of the stream is not noticed. */
export const SPINNING: Code = {
  wrong: `import socket

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        while True:
            data = conn.recv(1024)  # b"" for ever, once the client left
            conn.sendall(data)`,
  right: ECHO,
};

/** A character that is not complete. */
export const CUT_CHARACTER: Code = {
  wrong: serving(`while data := conn.recv(1024):
    text = data.decode()  # may end inside a character
    print(text)
    conn.sendall(text.encode())`),
  right: `import codecs
import socket

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        with conn:
            text = codecs.getincrementaldecoder("utf-8")("replace")
            try:
                while data := conn.recv(4096):
                    print(text.decode(data), end="", flush=True)
                    conn.sendall(data)  # the bytes, not the text
            except ConnectionError:
                pass  # this client is gone, the next one may come`,
};

/** Line ends are translated. */
export const TEXT_MODE: Code = {
  wrong: serving(
    `for line in lines:  # "\\r\\n" became "\\n"
    conn.sendall(line.encode("latin-1"))`,
    `with conn, conn.makefile("r", encoding="latin-1") as lines:`,
  ),
  right: ECHO,
};

/** A slow reader stops all. */
export const SLOW_READER: Code = {
  wrong: `import select
import socket

socks = [socket.create_server(("", 9000))]
while True:
    for sock in select.select(socks, [], [])[0]:
        if sock is socks[0]:
            socks.append(sock.accept()[0])
        elif data := sock.recv(65536):
            sock.sendall(data)  # waits here for a slow reader
        else:
            socks.remove(sock)
            sock.close()`,
  right: THREADS,
};
