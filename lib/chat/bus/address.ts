/**
 * What people write about a bus: its servers, in the manner of NATS, and the name of a room.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { formatHostPort } from "../../transport/address.ts";
import { quote } from "../../printable.ts";

const NATS_PORT = 4222;
const ROOM = /^[\p{L}\p{N}_-]{1,64}$/u;

/** Servers (`host:port`) that are one bus, and how it is shown, without the secret. Without `tls` they may still ask for it. */
export type BusAddress = {
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly login: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
  readonly shown: string;
};

/** Reads `nats://host`, `nats://user:password@host:4222,host2`, `tls://token@host`. No error repeats it: it may have a password. */
export function parseBusAddress(text: string): BusAddress {
  const [, scheme = "", rest = ""] = /^(nats|tls):\/\/(.+)$/s.exec(text) ?? [];
  // A password may hold a comma only in its escaped form, as in any URL.
  const parts = rest.split(",").map((part) => partOf(part.replace(/^(nats|tls):\/\//, "")));
  const servers = parts.map(({ server }) => server);
  const login = parts.map(({ login }) => login).find((found) => found !== undefined);
  return { servers, tls: scheme === "tls", login, shown: `${scheme}://${login ? "***@" : ""}${servers.join(",")}` };
}

/** Reads the name of a room; gives its composed form, so that all servers of the room write it in the same way. */
export function parseRoomName(text: string): string {
  const name = text.normalize("NFC");
  if (ROOM.test(name)) return name;
  throw new SockeyeError("usage", `Bad --room ${quote(text)}: expected letters, digits, _ and - (64 at most)`);
}

function partOf(part: string): { server: string; login: BusAddress["login"] } {
  try {
    // A scheme that URL knows would hide its own port and allow other hosts.
    const { hostname, port, username, password, pathname, search, hash } = new URL(`bus://${part}`);
    if (hostname !== "" && port !== "0" && /^\/?$/.test(pathname + search + hash)) {
      const server = formatHostPort(hostname.replace(/^\[|\]$/g, ""), Number(port || NATS_PORT));
      const user = decodeURIComponent(username);
      if (password !== "") return { server, login: { user, pass: decodeURIComponent(password) } };
      return { server, login: user === "" ? undefined : { token: user } };
    }
  } catch {
    // Its message would repeat the address.
  }
  const expected = "nats://[user:password@ or token@]host[:port][,host2…], or tls:// the same way";
  throw new SockeyeError("usage", `Bad --bus: expected ${expected}`);
}
