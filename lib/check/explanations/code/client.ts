/**
 * The programs of `--explain client/echo/…` and `--explain client/reply/…`.
 *
 * @module
 */

import { asking, type Code } from "./skeleton.ts";

const TIMEOUT = ", timeout=10";

/** It reads a whole line. */
const READ_LINE = asking(
  `lines = sock.makefile("rb")
sock.sendall("你好\\n".encode())
print(lines.readline().decode(), end="")`,
  TIMEOUT,
);

/** One recv() for a whole answer. */
export const ONE_RECV: Code = {
  wrong: asking(`sock.sendall("你好\\n".encode())
print(sock.recv(1024).decode())  # the first piece`),
  right: READ_LINE,
};

/** A buffer for each answer. */
export const LOST_BUFFER: Code = {
  wrong: asking(`def ask(text):
    sock.sendall(text.encode() + b"\\n")
    return sock.makefile("rb").readline()  # a new buffer each time

print(ask("one"))
print(ask("two"))`),
  right: asking(
    `lines = sock.makefile("rb")  # one buffer for the connection

def ask(text):
    sock.sendall(text.encode() + b"\\n")
    return lines.readline()

print(ask("one"))
print(ask("two"))`,
    TIMEOUT,
  ),
};

/** One recv() with a large number. */
export const LARGE_RECV: Code = {
  wrong: asking(`sock.sendall("你好\\n".encode())
print(sock.recv(65536).decode())  # at most so many`),
  right: READ_LINE,
};

/** The end of the stream is not noticed. */
export const SPINNING: Code = {
  wrong: asking(`sock.sendall("你好\\n".encode())
while True:
    print(sock.recv(1024).decode())  # b"" for ever`),
  right: asking(
    `sock.sendall("你好\\n".encode())
while data := sock.recv(1024):
    print(data)
print("the server has closed the connection")`,
    TIMEOUT,
  ),
};

/** An exception that is not expected. */
export const RESET: Code = {
  wrong: asking(`sock.sendall("你好\\n".encode())
while data := sock.recv(1024):  # may raise
    print(data)`),
  right: asking(
    `try:
    sock.sendall("你好\\n".encode())
    while data := sock.recv(1024):
        print(data)
except ConnectionError as error:
    raise SystemExit(f"The connection broke: {error}")`,
    TIMEOUT,
  ),
};

/** A wait without an end. */
export const NO_TIMEOUT: Code = {
  wrong: asking(`sock.sendall("你好\\n".encode())
print(sock.recv(1024).decode())  # waits for ever`),
  right: asking(
    `try:
    sock.sendall("你好\\n".encode())
    print(sock.makefile("rb").readline().decode(), end="")
except OSError as error:  # TimeoutError is one of them
    raise SystemExit(f"No answer: {error}")`,
    TIMEOUT,
  ),
};

/** A character that is not complete. */
export const CUT_CHARACTER: Code = {
  wrong: asking(`sock.sendall("你好\\n".encode("gbk"))
while data := sock.recv(1024):
    print(data.decode("gbk"))  # may end inside a character`),
  right: asking(
    `lines = sock.makefile("rb")
sock.sendall("你好\\n".encode("gbk"))
for line in lines:  # whole lines have whole characters
    print(line.decode("gbk"), end="")`,
    TIMEOUT,
  ),
};
