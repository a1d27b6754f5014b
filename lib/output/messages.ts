/**
 * Events in words: one line for each that is not traffic.
 *
 * @module
 */

import { EXIT_CODES } from "../errors.ts";
import type { CloseEvent, DoneEvent, SockeyeEvent, TransportName } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { traitsOf } from "../transport/mod.ts";
import { plural } from "../wording.ts";
import type { Role } from "./colors.ts";
import { duration, size } from "./format.ts";

/** The command that reports: each has its own words. */
export type CommandName = "server" | "client" | "fetch" | "cert";

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
 * Puts an event into words.
 *
 * @param event any event but traffic
 * @param command the command that reports it
 * @returns a line, or undefined when there is nothing to say
 */
export function describe(event: SockeyeEvent, command: CommandName): Line | undefined {
  const line = DESCRIBERS[command](event);
  return line && { ...line, text: escapeControls(line.text) };
}

function describeServer(event: SockeyeEvent): Line | undefined {
  switch (event.event) {
    case "open":
      return { role: "good", text: `${nameOf(event)} ${isConnectionless(event) ? "speaks" : "connected"}` };
    case "half-close":
      return { role: "note", text: `${nameOf(event)} has finished sending`, detail: true };
    case "close": {
      const verb = isConnectionless(event) ? "forgotten" : "left";
      return { role: "note", text: `${nameOf(event)} ${verb}: ${event.reason}; ${counts(event)}` };
    }
    case "done":
      if (!isOrderly(event.code)) return undefined;
      return {
        role: "note",
        text: `Done: ${plural(event.peers, isConnectionless(event) ? "peer" : "connection")}; ${counts(event)}`,
      };
    default:
      return describeAny(event);
  }
}

/** Over UDP there are peers, but no connections. */
function isConnectionless({ transport = "tcp" }: { readonly transport?: TransportName }): boolean {
  return traitsOf(transport).connectionless;
}

function describeClient(event: SockeyeEvent): Line | undefined {
  switch (event.event) {
    case "open":
      return { role: "good", text: `${isConnectionless(event) ? "Speaking" : "Connected"} to ${event.peer}` };
    case "half-close":
      return {
        role: "note",
        text: event.dir === "in" ? "The peer has finished sending" : "Finished sending",
        detail: true,
      };
    case "close":
      return {
        role: "note",
        text: `${isConnectionless(event) ? "Talk" : "Connection"} ${event.reason}; ${counts(event)}`,
      };
    case "done":
      return undefined;
    default:
      return describeAny(event);
  }
}

function describeFetch(event: SockeyeEvent): Line | undefined {
  if (event.event !== "done") return describeAny(event);
  const { file, bytes = 0, status, ms, sha256 } = event;
  if (event.code !== 0 || status === undefined) return undefined;
  const rate = ms > 0 ? `, ${size(Math.round(bytes / ms * 1000))}/s` : "";
  const what = file === undefined ? "Done" : `Saved ${file}`;
  const digest = sha256 === undefined ? "" : `\nsha256 ${sha256}`;
  return { role: "good", text: `${what}: ${size(bytes)} in ${duration(ms)}${rate}${digest}` };
}

/** How the new files are used. */
function describeCert(event: SockeyeEvent): Line | undefined {
  if (event.event !== "done") return describeAny(event);
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

function describeAny(event: SockeyeEvent): Line | undefined {
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
  return event.id === undefined || event.peer === undefined ? message : `${nameOf(event)} ${message}`;
}

function nameOf({ id, peer }: { id?: number; peer?: string }): string {
  return `#${id} ${peer}`;
}

function counts({ received, sent, ms }: CloseEvent | DoneEvent): string {
  return `${size(received)} in, ${size(sent)} out, ${duration(ms)}`;
}

const DESCRIBERS: Readonly<Record<CommandName, (event: SockeyeEvent) => Line | undefined>> = {
  server: describeServer,
  client: describeClient,
  fetch: describeFetch,
  cert: describeCert,
};

/** Done, or stopped by a signal. What failed has been told, and totals would only hide it. */
function isOrderly(code: number): boolean {
  return code === 0 || code === EXIT_CODES.interrupt || code === EXIT_CODES.terminate;
}
