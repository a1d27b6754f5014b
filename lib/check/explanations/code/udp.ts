/**
 * The programs of `--explain udp/…`.
 *
 * @module
 */

import { type Code, indented } from "./skeleton.ts";

/** A socket that takes datagrams, with this code after it. */
function bound(body: string): string {
  return `import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 9000))
${body}`;
}

/** The same, with this code for ever. */
const looping = (body: string) => bound(`while True:\n${indented(body, 4)}`);

/** It sends each datagram back. */
const ANSWER = looping(`try:
    data, address = sock.recvfrom(65535)
    sock.sendto(data, address)
except ConnectionError:
    pass  # an earlier sender has gone`);

/** All answers go to one client. */
export const FIRST_SENDER: Code = {
  wrong: bound(`data, client = sock.recvfrom(65535)
while True:
    sock.sendto(data, client)  # always the first one
    data = sock.recv(65535)  # from which address?`),
  right: ANSWER,
};

/** One message becomes two. */
export const DIVIDED: Code = {
  wrong: looping(`data, address = sock.recvfrom(65535)
sock.sendto(len(data).to_bytes(4, "big"), address)  # as over TCP
sock.sendto(data, address)  # two datagrams for one`),
  right: ANSWER,
};

/** An empty datagram is taken for the end. */
export const EMPTY: Code = {
  wrong: looping(`data, address = sock.recvfrom(65535)
if not data:
    break  # the end? UDP has none
sock.sendto(data, address)`),
  right: ANSWER,
};

/** A datagram is cut. */
export const SMALL_BUFFER: Code = {
  wrong: looping(`data, address = sock.recvfrom(1024)  # the rest is thrown away
sock.sendto(data, address)`),
  right: ANSWER,
};

/** An ICMP error ends the server. */
export const SENDER_GONE: Code = {
  wrong: looping(`data, address = sock.recvfrom(65535)  # raises on Windows
sock.sendto(data, address)  # may raise on every system`),
  right: ANSWER,
};
