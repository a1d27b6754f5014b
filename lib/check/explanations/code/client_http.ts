/**
 * The programs of `--explain client/http/…`.
 *
 * @module
 */

import { type Code, indented } from "./skeleton.ts";

/** A client that has sent a request, with this code for the answer, and that after it. */
function requesting(answer: string, after: string, imports = "", timeout = ", timeout=10"): string {
  return `import socket
${imports}
with socket.create_connection(("127.0.0.1", 8000)${timeout}) as sock:
    sock.sendall(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
${indented(answer, 4)}
${after}`;
}

const HEADERS = "from http.client import parse_headers\n";

/** A client that reads one piece, and has no timeout. */
const careless = (answer: string, after: string) => requesting(answer, after, "", "");

/** The chunks' lengths are taken for content. */
export const CHUNKED: Code = {
  wrong: careless(
    `data = b""\nwhile part := sock.recv(4096):\n    data += part`,
    `print(data.split(b"\\r\\n\\r\\n", 1)[1].decode())`,
  ),
  right: requesting(
    `stream = sock.makefile("rb")
while stream.readline() not in (b"\\r\\n", b"\\n", b""):
    pass  # the status line and the header
body = b""
while size := int(stream.readline().split(b";")[0], 16):
    body += stream.read(size)
    stream.readline()  # the line end after a chunk`,
    "print(body.decode())",
  ),
};

/** What is missing is not noticed. */
export const SHORT_BODY: Code = {
  wrong: careless(
    `data = b""\nwhile part := sock.recv(4096):\n    data += part`,
    `print(data.split(b"\\r\\n\\r\\n", 1)[1])  # is that all?`,
  ),
  right: requesting(
    `stream = sock.makefile("rb")
stream.readline()  # the status line
length = int(parse_headers(stream)["Content-Length"])
body = stream.read(length)`,
    `if len(body) < length:
    raise SystemExit(f"incomplete: {len(body)} of {length} bytes")
print(body.decode())`,
    HEADERS,
  ),
};

/** A field that may be missing. */
export const NO_LENGTH: Code = {
  wrong: requesting(
    `stream = sock.makefile("rb")
stream.readline()  # the status line
length = int(parse_headers(stream)["Content-Length"])  # or None
print(stream.read(length))`,
    "",
    HEADERS,
  ).trimEnd(),
  right: requesting(
    `stream = sock.makefile("rb")
stream.readline()  # the status line
length = parse_headers(stream)["Content-Length"]
body = stream.read(int(length) if length else -1)  # -1: to the end`,
    "print(body.decode())",
    HEADERS,
  ),
};

/** A redirect is taken for the page. */
export const REDIRECT: Code = {
  wrong: `import http.client

conn = http.client.HTTPConnection("127.0.0.1", 8000)
conn.request("GET", "/")
print(conn.getresponse().read().decode())  # the 302 itself`,
  right: `import http.client
from urllib.parse import urljoin, urlsplit

url = "http://127.0.0.1:8000/"
for _ in range(10):  # not for ever in a circle
    parts = urlsplit(url)
    query = "?" + parts.query if parts.query else ""
    conn = http.client.HTTPConnection(parts.netloc, timeout=10)
    conn.request("GET", (parts.path or "/") + query)
    response = conn.getresponse()
    if response.status not in (301, 302, 303, 307, 308):
        break
    url = urljoin(url, response.headers["Location"])
print(response.status, response.read().decode())`,
};

/** Names are compared letter by letter. */
export const LETTER_CASE: Code = {
  wrong: requesting(
    `stream = sock.makefile("rb")
length = 0
while (line := stream.readline().strip()):
    if line.startswith(b"Content-Length: "):  # only so?
        length = int(line[16:])
print(stream.read(length))`,
    "",
    "",
    "",
  ).trimEnd(),
  right: requesting(
    `stream = sock.makefile("rb")
length = 0
while (line := stream.readline().strip()):
    name, _, value = line.partition(b":")
    if name.lower() == b"content-length":
        length = int(value)
print(stream.read(length).decode())`,
    "",
  ).trimEnd(),
};

/** Compressed bytes are taken for text. */
export const GZIP: Code = {
  wrong: `from urllib.request import urlopen

with urlopen("http://127.0.0.1:8000/") as response:
    print(response.read().decode())  # 1f 8b is no text`,
  right: `import gzip
from urllib.request import urlopen

with urlopen("http://127.0.0.1:8000/", timeout=10) as response:
    body = response.read()
    if response.headers["Content-Encoding"] == "gzip":
        body = gzip.decompress(body)
print(body.decode())`,
};

/** One recv() for a whole answer. */
export const ONE_RECV: Code = {
  wrong: careless(
    `data = sock.recv(65536)  # the first piece: "H"`,
    `print(data.split(b"\\r\\n\\r\\n", 1)[1].decode())`,
  ),
  right: requesting(
    `stream = sock.makefile("rb")
stream.readline()  # waits for the whole line
length = int(parse_headers(stream)["Content-Length"])
body = stream.read(length)  # waits for so many bytes`,
    "print(body.decode())",
    HEADERS,
  ),
};

/** A wait without an end. */
export const NO_TIMEOUT: Code = {
  wrong: `from urllib.request import urlopen

with urlopen("http://127.0.0.1:8000/") as response:  # for ever
    print(response.read().decode())`,
  right: `from urllib.request import urlopen

try:
    with urlopen("http://127.0.0.1:8000/", timeout=10) as response:
        print(response.read().decode())
except OSError as error:  # no answer, no connection, an error page
    raise SystemExit(f"Cannot fetch the page: {error}")`,
};
