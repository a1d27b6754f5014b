/**
 * What happened, in words: one line for each event that is not traffic.
 *
 * @module
 */

import { EXIT_CODES } from "../errors.ts";
import type { CloseEvent, DoneEvent, SockeyeEvent } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { duration, plural, size } from "./format.ts";
import type { Role } from "./colors.ts";

/** Whose side the story is told from. */
export type Side = "server" | "client" | "fetch" | "cert";

/** One line and what it is. */
export interface Line {
  /** What it is. */
  readonly role: Role;
  /** Without a newline; safe for a terminal. */
  readonly text: string;
  /** Shown only with `--verbose`. */
  readonly detail?: boolean;
  /** Shown even with `--quiet`. */
  readonly always?: boolean;
}

/**
 * Tells an event.
 *
 * @param event any event but traffic
 * @param side who tells it
 * @returns a line, or undefined when there is nothing to say
 */
export function tell(event: SockeyeEvent, side: Side): Line | undefined {
  const line = TELLERS[side](event);
  return line && { ...line, text: escapeControls(line.text) };
}

function tellServer(event: SockeyeEvent): Line | undefined {
  switch (event.event) {
    case "open":
      return { role: "good", text: `${who(event)} ${event.transport === "udp" ? "speaks" : "connected"}` };
    case "half-close":
      return { role: "note", text: `${who(event)} has finished sending`, detail: true };
    case "close": {
      const verb = event.transport === "udp" ? "forgotten" : "left";
      return { role: "note", text: `${who(event)} ${verb}: ${event.reason}; ${counts(event)}` };
    }
    case "done":
      if (!isOrderly(event.code)) return undefined;
      return { role: "note", text: `Done: ${plural(event.peers, nameOf(event))}; ${counts(event)}` };
    default:
      return tellAny(event);
  }
}

/** UDP knows no connections. */
function nameOf({ transport }: DoneEvent): string {
  return transport === "udp" ? "peer" : "connection";
}

function tellClient(event: SockeyeEvent): Line | undefined {
  switch (event.event) {
    case "open":
      return { role: "good", text: `${event.transport === "udp" ? "Speaking" : "Connected"} to ${event.peer}` };
    case "half-close":
      return {
        role: "note",
        text: event.dir === "in" ? "The peer has finished sending" : "Finished sending",
        detail: true,
      };
    case "close":
      return {
        role: "note",
        text: `${event.transport === "udp" ? "Talk" : "Connection"} ${event.reason}; ${counts(event)}`,
      };
    case "done":
      return undefined;
    default:
      return tellAny(event);
  }
}

function tellFetch(event: SockeyeEvent): Line | undefined {
  if (event.event !== "done") return tellAny(event);
  const { file, bytes = 0, status, ms, sha256 } = event;
  if (event.code !== 0 || status === undefined) return undefined;
  const rate = ms > 0 ? `, ${size(Math.round(bytes / ms * 1000))}/s` : "";
  const what = file === undefined ? "Done" : `Saved ${file}`;
  const digest = sha256 === undefined ? "" : `\nsha256 ${sha256}`;
  return { role: "good", text: `${what}: ${size(bytes)} in ${duration(ms)}${rate}${digest}` };
}

/** How the new files are used. */
function tellCert(event: SockeyeEvent): Line | undefined {
  if (event.event !== "done") return tellAny(event);
  const { names, cert, key, ca, fingerprint, expires } = event;
  if (!names || cert === undefined || key === undefined || ca === undefined) return undefined;
  const lines = [
    `A certificate for ${names.join(", ")}, valid until ${expires?.slice(0, 10)}`,
    `Serve:   sockeye server echo tls://:9443 --cert ${shellWord(cert)} --key ${shellWord(key)}`,
    `Connect: sockeye client tls://HOST:9443 --ca ${shellWord(ca)}`,
    `     or: sockeye client tls://HOST:9443 --pin ${fingerprint}`,
  ];
  return { role: "note", text: lines.join("\n") };
}

/** A file name as a shell takes it. */
function shellWord(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function tellAny(event: SockeyeEvent): Line | undefined {
  switch (event.event) {
    case "listen":
      return { role: "heading", text: `Listening on ${event.address}${event.hint ? ` - ${event.hint}` : ""}` };
    case "notice":
      return { role: "warning", text: about(event), detail: event.detail ?? false };
    case "error":
      return { role: "error", text: `sockeye: ${about(event)}`, always: true };
    default:
      return undefined;
  }
}

function about(event: { id?: number; peer?: string; message: string }): string {
  const message = event.message.replaceAll("\n", "\\n");
  return event.id === undefined || event.peer === undefined ? message : `${who(event)} ${message}`;
}

function who({ id, peer }: { id?: number; peer?: string }): string {
  return `#${id} ${peer}`;
}

function counts({ received, sent, ms }: CloseEvent | DoneEvent): string {
  return `${size(received)} in, ${size(sent)} out, ${duration(ms)}`;
}

const TELLERS: Readonly<Record<Side, (event: SockeyeEvent) => Line | undefined>> = {
  server: tellServer,
  client: tellClient,
  fetch: tellFetch,
  cert: tellCert,
};

/** Done, or stopped by a signal. What failed has been told, and totals would only hide it. */
function isOrderly(code: number): boolean {
  return code === 0 || code === EXIT_CODES.interrupt || code === EXIT_CODES.terminate;
}
