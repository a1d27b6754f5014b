/**
 * The options of `server chat`.
 *
 * @module
 */

import { asHostName, asNumber, asText, asTimeLimit, flag, many, one, type Values } from "../options.ts";
import { asMessageRate } from "./token_bucket.ts";

/** The most lines of history: a newcomer is a person and reads no more. */
const HISTORY_MAX = 10_000;

/** The same where lines outlive the server and no number is given. */
export const STORED_HISTORY = 20;

/** Accepts a password, or the name of its file. */
function asPassword(text: string): string {
  // What begins with a slash is a command to text clients.
  if (text.trim() === "" || text === "@" || /^[/／]|[\r\n]/.test(text)) {
    throw new Error("expected a text of one line without a slash before it, or @FILE");
  }
  return text;
}

/** The option table. */
export const CHAT_OPTIONS = {
  rate: one("N[:M]", "messages a second from each connection, M at once (no limit; M is 3N)", asMessageRate),
  log: one("FILE", "append the public lines to a file", asText, { needs: ["write"] }),
  history: one("N", `newcomers get the last N lines (0; with a file ${STORED_HISTORY})`, asNumber(0, HISTORY_MAX)),
  web: flag("browsers can join too, on the same port"),
  password: one("TEXT", "ask each client for it; @FILE reads it from a file", asPassword),
  "web-host": many(
    "NAME",
    "a host name for browsers to open the page with, besides addresses and localhost",
    asHostName,
  ),
  "history-file": one("FILE", "keep the lines across restarts, in an SQLite file", asText, {
    needs: ["read", "write"],
  }),
  "history-max": one("N", "lines that the file (100000) or the bus (10000) keeps", asNumber(1, 1_000_000_000)),
  "history-age": one("D", "how long the bus keeps them (168h)", asTimeLimit),
  bus: one("URL", "join servers by NATS: nats://HOST or tls://HOST, also user:password@HOST:PORT,HOST2…", asText),
  room: one("NAME", "name of the room on the page and on the bus (chat)", asText),
  "bus-ca": one("FILE", "authority of a tls:// bus, PEM", asText, { needs: ["read"] }),
  "bus-replicas": one("N", "servers of a NATS cluster that keep the room (1)", asNumber(1, 5)),
} as const;

/** Their values. */
export type ChatValues = Values<typeof CHAT_OPTIONS>;
