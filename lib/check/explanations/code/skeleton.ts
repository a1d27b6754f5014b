/**
 * What the programs of the explanations have in common. They are Python 3.8 and later, for the port that the documentation uses.
 *
 * @module
 */

import type { Explanation } from "../../case.ts";

/** A mistake and the same code without it. Cases with the same lesson share one. */
export type Code = Pick<Explanation, "wrong" | "right">;

/** A server that serves one client after the other, with this code for each: `conn` is the connection. */
export function serving(body: string, opening = "with conn:"): string {
  return `import socket

with socket.create_server(("", 9000)) as listener:
    while True:
        conn, address = listener.accept()
        ${opening}
${indented(body, 12)}`;
}

/** A client with this code: `sock` is the connection. */
export function asking(body: string, timeout = ""): string {
  return `import socket

with socket.create_connection(("127.0.0.1", 9000)${timeout}) as sock:
${indented(body, 4)}`;
}

/** The code, so many columns to the right. */
export function indented(code: string, columns: number): string {
  return code.replace(/^(?=.)/gm, " ".repeat(columns));
}
