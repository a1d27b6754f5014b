/**
 * The programs of `--explain reply/…` and `--explain segments/…`.
 *
 * @module
 */

import { LEFT_UNREAD } from "./echo.ts";
import { type Code, serving } from "./skeleton.ts";

const LINES = `with conn, conn.makefile("rb") as lines:`;

/** It answers each line, whatever pieces it came in, until the client sends no more. */
const ANSWER = serving(
  `try:
    for line in lines:  # waits for the newline, or the end
        print(line)
        conn.sendall(b"OK\\n")
except ConnectionError:
    pass  # this client is gone, the next one may come`,
  LINES,
);

/** It answers each message that begins with its length in four bytes. */
const FRAMES = serving(
  `try:
    while len(size := stream.read(4)) == 4:  # waits for all 4
        body = stream.read(int.from_bytes(size, "big"))
        conn.sendall(size + body)
except ConnectionError:
    pass  # this client is gone, the next one may come`,
  `with conn, conn.makefile("rb") as stream:`,
);

/** Both sides wait. */
export const WAITS_FOR_END: Code = {
  wrong: serving(`message = b""
while data := conn.recv(1024):  # ends when the client does
    message += data
conn.sendall(b"OK\\n")`),
  right: ANSWER,
};

/** One answer, then goodbye. */
export const ONE_ANSWER: Code = {
  wrong: serving(`print(conn.recv(1024))
conn.sendall(b"OK\\n")
# and closes: the second message meets a closed door`),
  right: ANSWER,
};

/** A thread for each message. */
export const UNORDERED: Code = {
  wrong: `import socket
import time
from random import random
from threading import Thread

def answer(conn, line):
    time.sleep(random() / 10)  # some work: which is first?
    conn.sendall(b"OK " + line)

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        for line in conn.makefile("rb"):
            Thread(target=answer, args=(conn, line)).start()`,
  right: serving(
    `try:
    for line in lines:  # one after the other
        conn.sendall(b"OK " + line)
except ConnectionError:
    pass  # this client is gone, the next one may come`,
    LINES,
  ),
};

/** recv() is taken for a message. */
export const RECV_IS_MESSAGE: Code = {
  wrong: serving(`while data := conn.recv(1024):  # a piece, or two messages
    print(data)
    conn.sendall(b"OK\\n")`),
  right: ANSWER,
};

/** The end of the client's half is taken for the end. */
export const CLOSED_AT_END: Code = {
  wrong: `import socket
from threading import Timer

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        with conn:
            while data := conn.recv(1024):
                Timer(0.1, conn.sendall, [b"OK\\n"]).start()
        # closed at b"", before the answer was sent`,
  right: ANSWER,
};

/** Bytes are left unread. */
export const CLOSED_EARLY: Code = { wrong: LEFT_UNREAD.wrong, right: ANSWER };

/** The wrong encoding. */
export const ENCODING: Code = {
  wrong: serving(
    `for line in lines:
    print(line.decode())  # UTF-8, or an exception
    conn.sendall("收到\\n".encode())`,
    LINES,
  ),
  right: serving(
    `try:
    for line in lines:
        print(line.decode("gbk", "replace"), end="")
        conn.sendall("收到\\n".encode("gbk"))
except ConnectionError:
    pass  # this client is gone, the next one may come`,
    LINES,
  ),
};

/** An empty line is taken for the end. */
export const EMPTY_LINE: Code = {
  wrong: serving(
    `while line := lines.readline().strip():  # b"" is empty, too
    print(line)
    conn.sendall(b"OK\\n")`,
    LINES,
  ),
  right: ANSWER,
};

/** A short read is taken for the end. */
export const LONG_LINE: Code = {
  wrong: serving(`while line := conn.recv(1024):  # 64 such pieces, or more
    print(line)
    conn.sendall(b"OK\\n")`),
  right: ANSWER,
};

/** A buffer that outlives its connection. */
export const SHARED_BUFFER: Code = {
  wrong: `import socket

listener = socket.create_server(("", 9000))
buffer = b""  # one for all: half a line stays for the next client
while True:
    conn, address = listener.accept()
    while data := conn.recv(1024):
        buffer += data
        *lines, buffer = buffer.split(b"\\n")
        for line in lines:
            conn.sendall(b"OK\\n")
    conn.close()`,
  right: ANSWER,
};

/** recv(4) is taken for four bytes. */
export const CUT_FRAME: Code = {
  wrong: serving(`while size := conn.recv(4):  # 4 at most: perhaps 1
    body = conn.recv(int.from_bytes(size, "big"))
    conn.sendall(size + body)`),
  right: FRAMES,
};

/** What follows the first message is lost. */
export const GLUED_FRAMES: Code = {
  wrong: serving(`while data := conn.recv(4096):
    end = 4 + int.from_bytes(data[:4], "big")
    conn.sendall(data[:end])  # and data[end:]?`),
  right: FRAMES,
};

/** A piece is dropped because it is short. */
export const DROPPED_PIECE: Code = {
  wrong: serving(`while data := conn.recv(4096):
    if len(data) < 4:
        continue  # "not a message": its bytes are lost
    conn.sendall(data)`),
  right: FRAMES,
};

/** A pause is taken for the end. */
export const PAUSE_IS_END: Code = {
  wrong: serving(`conn.settimeout(0.2)
message = b""
try:
    while data := conn.recv(1024):
        message += data
except TimeoutError:
    pass  # "that was all": no, it was slow
conn.sendall(b"%d bytes\\n" % len(message))`),
  right: ANSWER,
};

/** send() is taken for sendall(). */
export const LONG_ANSWER: Code = {
  wrong: serving(
    `conn.settimeout(0.5)
for line in lines:
    answer = b"*" * 10_000_000 + b"\\n"
    conn.send(answer)  # takes what fits, the rest is lost`,
    LINES,
  ),
  right: serving(
    `try:
    for line in lines:
        answer = b"*" * 10_000_000 + b"\\n"
        conn.sendall(answer)  # waits for the reader
except ConnectionError:
    pass  # this client is gone, the next one may come`,
    LINES,
  ),
};
