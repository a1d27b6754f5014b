/**
 * The programs of `--explain http/…`: a server of one page, or the function of a server that has the connection `conn`.
 *
 * @module
 */

import { type Code, indented } from "./skeleton.ts";

/** A server that serves one client after the other. */
function serving(body: string, opening = `with conn, conn.makefile("rb") as stream:`): string {
  return `import socket

with socket.create_server(("", 8000)) as listener:
    while True:
        conn, address = listener.accept()
        ${opening}
${indented(body, 12)}`;
}

/** The function that serves a connection. */
function serve(body: string, imports = "from http.client import parse_headers\n\n"): string {
  return `${imports}def serve(conn):
    with conn, conn.makefile("rb") as stream:
${indented(body, 8)}`;
}

const READ = `method, path, version = stream.readline().split()
headers = parse_headers(stream)
`;

const OK = `conn.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")`;

const REFUSE = `conn.sendall(b"HTTP/1.1 400 Bad Request\\r\\n"
             b"Connection: close\\r\\nContent-Length: 0\\r\\n\\r\\n")`;

/** Answers until the client has no more requests. */
const KEEP_ALIVE = serve(`while line := stream.readline():
    method, path, version = line.split()
    headers = parse_headers(stream)
    stream.read(int(headers["Content-Length"] or 0))  # the body
    ${OK}
    if headers.get("Connection", "").lower() == "close":
        break`);

/** An answer without its form. */
export const BARE_PAGE: Code = {
  wrong: serving(
    `conn.recv(4096)
conn.sendall(b"<h1>Hello</h1>")  # no status line, no header`,
    "with conn:",
  ),
  right: serving(`while stream.readline() not in (b"\\r\\n", b"\\n", b""):
    pass  # the request, up to the empty line
body = "<h1>你好</h1>".encode()
conn.sendall(b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n"
             b"Content-Type: text/html; charset=utf-8\\r\\n"
             b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)`),
};

/** A request that must be refused. */
export const NO_HOST: Code = {
  wrong: serve(`${READ}${OK}`),
  right: serve(`${READ}if version == b"HTTP/1.1" and "Host" not in headers:
${indented(REFUSE, 4)}
    return
${OK}`),
};

/** A path that does not exist. */
export const NOT_FOUND: Code = {
  wrong: `def page(path):
    with open("www" + path, "rb") as file:  # FileNotFoundError
        body = file.read()
    head = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n"
    return head % len(body) + body`,
  right: `PAGES = {"/": b"<h1>Hello</h1>"}

def page(path):
    found = path in PAGES
    body = PAGES[path] if found else b"<h1>404 Not Found</h1>"
    status = b"200 OK" if found else b"404 Not Found"
    head = b"HTTP/1.1 %s\\r\\nContent-Length: %d\\r\\n\\r\\n"
    return head % (status, len(body)) + body`,
};

/** Characters are counted. */
export const CHARACTERS_COUNTED: Code = {
  wrong: `def answer(text):
    head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {len(text)}\\r\\n\\r\\n"
    return (head + text).encode()  # len("你好") is 2`,
  right: `def answer(text):
    body = text.encode()
    head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n"
    return head.encode() + body  # len("你好".encode()) is 6`,
};

/** A body after HEAD. */
export const HEAD_WITH_BODY: Code = {
  wrong: `def answer(method, body):
    head = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n"
    return head % len(body) + body  # for HEAD, too`,
  right: `def answer(method, body):
    head = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n"
    head %= len(body)  # what GET would say
    return head if method == b"HEAD" else head + body`,
};

/** One answer, and neither a second nor an end. */
export const ONE_ANSWER: Code = {
  wrong: `def serve(conn):
    conn.recv(4096)
    ${OK}
    # no second answer, and the connection stays open`,
  right: KEEP_ALIVE,
};

/** recv() is taken for a request. */
export const ONE_RECV: Code = {
  wrong: `def serve(conn):
    request = conn.recv(65536)  # perhaps "GET / HT"
    method, path, version = request.split(b"\\r\\n")[0].split()
    ${OK}`,
  right: KEEP_ALIVE,
};

/** What follows the first request is lost. */
export const GLUED: Code = {
  wrong: `def serve(conn):
    while request := conn.recv(65536):  # perhaps two requests
        ${OK}`,
  right: KEEP_ALIVE,
};

/** The body is what came with the header. */
export const BODY_IN_PARTS: Code = {
  wrong: `def read_body(conn):
    head, body = conn.recv(65536).split(b"\\r\\n\\r\\n", 1)
    return body  # what came with the header, perhaps b""`,
  right: `from http.client import parse_headers

def read_body(stream):  # stream = conn.makefile("rb")
    request_line = stream.readline()
    headers = parse_headers(stream)
    length = int(headers["Content-Length"] or 0)
    return stream.read(length)  # waits for so many bytes`,
};

/** A path that leads out. */
export const TRAVERSAL: Code = {
  wrong: `from urllib.parse import unquote

def find(target):
    return "www" + unquote(target)  # /../../etc/passwd`,
  right: `from pathlib import Path
from urllib.parse import unquote

ROOT = Path("www").resolve()

def find(target):
    path = unquote(target.split("?")[0])
    if "\\0" in path:
        return None
    file = (ROOT / path.lstrip("/\\\\")).resolve()  # without ".."
    inside = ROOT in file.parents
    return file if inside and file.is_file() else None  # None: 404`,
};

/** Memory without a limit. */
export const ENDLESS_HEADER: Code = {
  wrong: `def read_head(conn):
    head = b""
    while b"\\r\\n\\r\\n" not in head:
        head += conn.recv(4096)  # how much will it be?
    return head`,
  right: `LIMIT = 16384

def read_head(stream):  # stream = conn.makefile("rb")
    head = b""
    while len(head) <= LIMIT:
        line = stream.readline(LIMIT)
        head += line
        if line in (b"\\r\\n", b"\\n", b""):
            return head
    raise ValueError("431 Request Header Fields Too Large")`,
};

/** Only one line end is known. */
export const BARE_LF: Code = {
  wrong: ENDLESS_HEADER.wrong.replace("  # how much will it be?", '  # "\\n\\n" never ends it'),
  right: ENDLESS_HEADER.right,
};

/** One client at a time. */
export const ONE_CLIENT: Code = {
  wrong: serving(`stream.readline()  # a slow client stops all
${OK}`),
  right: `import socket
from threading import Thread

def serve(conn):
    conn.settimeout(10)  # not for ever, either
    with conn, conn.makefile("rb") as stream:
        while stream.readline() not in (b"\\r\\n", b"\\n", b""):
            pass  # the request, up to the empty line
        conn.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nhi")

with socket.create_server(("", 8000)) as listener:
    while True:
        conn, address = listener.accept()
        Thread(target=serve, args=(conn,), daemon=True).start()`,
};

/** A wish that is not heard. */
export const NOT_CLOSED: Code = {
  wrong: serve(`while line := stream.readline():
    headers = parse_headers(stream)
    ${OK}
    # and waits for more, whatever Connection says`),
  right: KEEP_ALIVE,
};

/** The last of two lengths wins. */
export const TWO_LENGTHS: Code = {
  wrong: `def read_headers(stream):
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()  # the last one wins
    return headers`,
  right: serve(`${READ}lengths = headers.get_all("Content-Length", [])
if len(lengths) > 1 or not "".join(lengths or "0").isdigit():
${indented(REFUSE, 4)}
    return  # where the body ends is not certain
body = stream.read(int(lengths[0]) if lengths else 0)
${OK}`),
};
