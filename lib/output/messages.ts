/**
 * Events in words, for people: a message for each event that is not traffic.
 *
 * @module
 */

import { EXIT_CODES } from "../errors.ts";
import type { CloseEvent, DoneEvent, SockeyeEvent, TransportName } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { traitsOf } from "../transport/mod.ts";
import { plural } from "../wording.ts";
import type { TextRole } from "./colors.ts";
import { duration, size } from "./format.ts";

/** The commands that report events; each has its own messages. */
export type CommandName = "server" | "client" | "fetch" | "cert";

/** An event in words. */
export interface Description {
  /** What the text is, for its colour. */
  readonly role: TextRole;
  /** The text, without a newline at its end; safe for a terminal. */
  readonly text: string;
  /** Shown only with `--verbose`. */
  readonly detail?: boolean;
  /** Shown even with `--quiet`. */
  readonly always?: boolean;
}

/** Puts an event into words. */
export function describe(event: SockeyeEvent, command: CommandName): Description | undefined {
  const description = DESCRIBERS[command](event);
  return description && { ...description, text: escapeControls(description.text) };
}

function describeServer(event: SockeyeEvent): Description | undefined {
  switch (event.event) {
    case "open":
      return { role: "good", text: `${peerLabel(event)} ${isConnectionless(event) ? "speaks" : "connected"}` };
    case "half-close":
      return { role: "note", text: `${peerLabel(event)} has finished sending`, detail: true };
    case "close": {
      const verb = isConnectionless(event) ? "forgotten" : "left";
      return { role: "note", text: `${peerLabel(event)} ${verb}: ${event.reason}; ${traffic(event)}` };
    }
    case "done":
      if (!isOrderly(event.code)) return undefined;
      return {
        role: "note",
        text: `Done: ${plural(event.peers, isConnectionless(event) ? "peer" : "connection")}; ${traffic(event)}`,
      };
    default:
      return describeAny(event);
  }
}

/** Whether peers have no connection, as over UDP. */
function isConnectionless({ transport = "tcp" }: { readonly transport?: TransportName }): boolean {
  return traitsOf(transport).connectionless;
}

function describeClient(event: SockeyeEvent): Description | undefined {
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
        text: `${isConnectionless(event) ? "Talk" : "Connection"} ${event.reason}; ${traffic(event)}`,
        // The error that follows says the same.
        detail: /^(?:lost|broken|given up): /.test(event.reason),
      };
    case "done":
      return undefined;
    default:
      return describeAny(event);
  }
}

function describeFetch(event: SockeyeEvent): Description | undefined {
  if (event.event !== "done") return describeAny(event);
  const { file, bytes = 0, status, ms, sha256 } = event;
  if (event.code !== 0 || status === undefined) return undefined;
  const result = file === undefined ? "Done" : `Saved ${file}`;
  const rate = ms > 0 ? `, ${size(Math.round(bytes / ms * 1000))}/s` : "";
  const digest = sha256 === undefined ? "" : `\nsha256 ${sha256}`;
  return { role: "good", text: `${result}: ${size(bytes)} in ${duration(ms)}${rate}${digest}` };
}

/** Says how to use the new files. */
function describeCert(event: SockeyeEvent): Description | undefined {
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

/** Quotes a file name for a shell, where that is needed. */
function shellWord(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function describeAny(event: SockeyeEvent): Description | undefined {
  switch (event.event) {
    case "listen":
      return { role: "heading", text: `Listening on ${event.address}${event.hint ? ` - ${event.hint}` : ""}` };
    case "notice":
      return { role: "warning", text: messageText(event), detail: event.detail ?? false };
    case "error":
      return { role: "error", text: `sockeye: ${messageText(event)}`, always: true };
    default:
      return undefined;
  }
}

/** The message, on one line, with the peer that it is about. */
function messageText(event: { id?: number; peer?: string; message: string }): string {
  const message = event.message.replaceAll("\n", "\\n");
  return event.id === undefined || event.peer === undefined ? message : `${peerLabel(event)} ${message}`;
}

/** `#1 127.0.0.1:53124` */
function peerLabel({ id, peer }: { id?: number; peer?: string }): string {
  return `#${id} ${peer}`;
}

/** How much came and went, and in which time. */
function traffic({ received, sent, ms }: CloseEvent | DoneEvent): string {
  return `${size(received)} in, ${size(sent)} out, ${duration(ms)}`;
}

const DESCRIBERS: Readonly<Record<CommandName, (event: SockeyeEvent) => Description | undefined>> = {
  server: describeServer,
  client: describeClient,
  fetch: describeFetch,
  cert: describeCert,
};

/** Whether the command succeeded or a signal stopped it. After a failure totals would only hide the error message. */
function isOrderly(code: number): boolean {
  return code === 0 || code === EXIT_CODES.interrupt || code === EXIT_CODES.terminate;
}
