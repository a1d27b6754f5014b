/**
 * Events in words, for people: a message for each event that is not traffic.
 *
 * @module
 */

import { EXIT_CODES } from "../errors.ts";
import type {
  CloseEvent,
  DoneEvent,
  HalfCloseEvent,
  ListenEvent,
  OpenEvent,
  SockeyeEvent,
  TransportName,
} from "../events.ts";
import { escapeControls } from "../printable.ts";
import { traitsOf } from "../transport/mod.ts";
import { plural } from "../wording.ts";
import type { TextRole } from "./colors.ts";
import { duration, size } from "./format.ts";

/** The commands that report events; each has its own messages. */
export type CommandName = "server" | "tap" | "client" | "fetch" | "cert" | "probe" | "show" | "replay";

/** An event in words. */
export interface Description {
  /** What the text is, for its colour. */
  readonly role: TextRole;
  /** The text, without a newline at its end; safe for a terminal. */
  readonly text: string;
  /** Shown only with `--verbose`. */
  readonly detail?: boolean;
}

/** What the words depend on besides. */
export interface Circumstances {
  /** The lines of a chat show joins and leaves, so connections are a detail. */
  readonly chat?: boolean | undefined;
  /** A person types the messages of a client. */
  readonly typed?: boolean | undefined;
  /** The name of a peer in a chat, by its number. */
  readonly nameOf?: ((id: number) => string | undefined) | undefined;
}

/** Puts an event into words; undefined for one that people need not read. */
export function describe(
  event: SockeyeEvent,
  command: CommandName,
  circumstances: Circumstances = {},
): Description | undefined {
  const description = describeRaw(event, command, circumstances);
  return description && { ...description, text: escapeControls(description.text) };
}

function describeRaw(
  event: SockeyeEvent,
  command: CommandName,
  circumstances: Circumstances,
): Description | undefined {
  switch (event.event) {
    case "listen":
      return { role: "heading", text: listenText(event) };
    case "open":
    case "half-close":
    case "close":
      if (command === "show") return describeCaptured(event, circumstances);
      if (command === "tap" && event.event !== "open") return describeRelayed(event);
      return isServing(command) ? describePeer(event, circumstances) : describeConversation(event, circumstances);
    case "notice":
      return { role: "warning", text: messageText(event, circumstances), detail: event.detail ?? false };
    case "error":
      return { role: "error", text: `sockeye: ${messageText(event, circumstances)}` };
    case "done":
      return DONE[command]?.(event);
    default:
      return undefined;
  }
}

/** Columns of the narrowest usual terminal, which the first line must fit. */
const FIRST_LINE_COLUMNS = 80;

/** Where the server listens, how to reach it if that is not said by the address alone, and how to stop it. */
function listenText({ address, mode, target, reach, limits, hint }: ListenEvent): string {
  const what = target === undefined ? mode : `what comes goes to ${target}`;
  const base = `Listening on ${address}${what ? ` - ${what}` : ""}`;
  const full = `${base}${reach ? `; sockeye client ${reach}` : ""}; Ctrl-C stops`;
  const first = full.length > FIRST_LINE_COLUMNS ? `${base}; Ctrl-C stops` : full;
  return [first, hint, limits && `Limits: ${limits}`].filter(Boolean).join("\n");
}

/** What a server says of one of its peers. */
function describePeer(event: OpenEvent | HalfCloseEvent | CloseEvent, circumstances: Circumstances): Description {
  const label = peerLabel(event, circumstances);
  const { chat: detail = false } = circumstances;
  if (event.event === "half-close") return { role: "note", text: `${label} has finished sending`, detail: true };
  const connectionless = isConnectionless(event);
  if (event.event === "open") {
    const shown = event.certificate ? `, with the certificate of ${oneLine(event.certificate.name)}` : "";
    return { role: "good", text: `${label} ${connectionless ? "speaks" : "connected"}${shown}`, detail };
  }
  const verb = connectionless ? "forgotten" : "left";
  return { role: "note", text: `${label} ${verb}: ${event.reason}; ${traffic(event)}`, detail };
}

/** What a client says of its only peer. */
function describeConversation(
  event: OpenEvent | HalfCloseEvent | CloseEvent,
  { typed }: Circumstances,
): Description {
  if (event.event === "half-close") {
    const text = event.dir === "in" ? "The peer has finished sending" : "Finished sending";
    return { role: "note", text, detail: true };
  }
  const connectionless = isConnectionless(event);
  if (event.event === "open") {
    const advice = typed ? "; q leaves, /help lists more" : "";
    return { role: "good", text: `${connectionless ? "Speaking" : "Connected"} to ${event.peer}${advice}` };
  }
  // Where the reason is given in words, the error that follows gives it again.
  const detail = /^(?:lost|broken|given up): /.test(event.reason);
  const what = connectionless ? "Talk" : "Connection";
  return { role: "note", text: `${what} ${event.reason}; ${traffic(event)}`, detail };
}

/** What a capture says of a conversation: the peer is its client. */
function describeCaptured(
  event: OpenEvent | HalfCloseEvent | CloseEvent,
  circumstances: Circumstances,
): Description {
  if (event.event === "half-close") {
    const end = event.dir === "up" ? "client" : "server";
    return { role: "note", text: `#${event.id} the ${end} has finished sending`, detail: true };
  }
  if (event.event === "open") {
    const verb = isConnectionless(event) ? "speaks" : "connected";
    const text = `${peerLabel(event, circumstances)} ${verb} to ${event.target}`;
    return { role: "good", text: event.beganBefore ? `${text} before the capture began` : text };
  }
  const { id, reason, received, sent, ms } = event;
  return { role: "note", text: `#${id} ${reason}; ${size(sent)} up, ${size(received)} down, ${duration(ms)}` };
}

/** Whether a command serves many peers and reports on each; the reports never hold up the peers. */
export function isServing(command: CommandName): boolean {
  return command === "server" || command === "tap";
}

/** How sides end a relayed connection. */
const HOW = {
  fin: "ended it first (FIN)",
  reset: "reset it",
  lost: "broke it",
  unreachable: "was not reached",
} as const;

/** What a relay says of the ends of a connection. */
function describeRelayed(event: HalfCloseEvent | CloseEvent): Description {
  const label = peerLabel(event);
  if (event.event === "half-close") {
    const end = event.dir === "down" ? "target" : "client";
    return { role: "note", text: `${label} the ${end} has finished sending`, detail: true };
  }
  const { by, how, reason, received, sent, ms } = event;
  const side = how && by ? `the ${by === "up" ? "client" : "target"} ${HOW[how]}` : reason;
  const verb = isConnectionless(event) ? "forgotten" : "closed";
  const text = `${label} ${verb}: ${side}; ${size(sent)} up, ${size(received)} down, ${duration(ms)}`;
  return { role: "note", text };
}

/** Whether peers have no connection, as over UDP. */
function isConnectionless({ transport = "tcp" }: { readonly transport?: TransportName }): boolean {
  return traitsOf(transport).connectionless;
}

/** What the commands say at their end; a client has said it already. */
const DONE: Readonly<Partial<Record<CommandName, (event: DoneEvent) => Description | undefined>>> = {
  server: describeServed,
  tap: describeServed,
  fetch: describeFetched,
  cert: describeCertified,
};

/** Totals, when the command succeeded or a signal stopped it: after a failure they would hide the error message. */
function describeServed(event: DoneEvent): Description | undefined {
  const { code, peers } = event;
  if (code !== 0 && code !== EXIT_CODES.interrupt && code !== EXIT_CODES.terminate) return undefined;
  const served = plural(peers, isConnectionless(event) ? "peer" : "connection");
  return { role: "note", text: `Done: ${served}; ${traffic(event)}` };
}

function describeFetched({ file, bytes = 0, status, code, ms, sha256 }: DoneEvent): Description | undefined {
  if (code !== 0 || status === undefined) return undefined;
  const result = file === undefined ? "Done" : `Saved ${file}`;
  const rate = ms > 0 ? `, ${size(Math.round(bytes / ms * 1000))}/s` : "";
  const digest = sha256 === undefined ? "" : `\nsha256 ${sha256}`;
  return { role: "good", text: `${result}: ${size(bytes)} in ${duration(ms)}${rate}${digest}` };
}

/** Says how to use the new files. */
function describeCertified({ names, cert, key, ca, fingerprint, expires }: DoneEvent): Description | undefined {
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

/** The message, on one line, with the peer that it is about. */
function messageText(event: { id?: number; peer?: string; message: string }, circumstances: Circumstances): string {
  const message = oneLine(event.message);
  if (event.id === undefined || event.peer === undefined) return message;
  return `${peerLabel(event, circumstances)} ${message}`;
}

function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n");
}

/** `#1 127.0.0.1:53124`, in a chat `#1 bob 127.0.0.1:53124`. */
function peerLabel({ id, peer }: { id?: number; peer?: string }, { nameOf }: Circumstances = {}): string {
  const name = id === undefined ? undefined : nameOf?.(id);
  return name === undefined ? `#${id} ${peer}` : `#${id} ${name} ${peer}`;
}

/** The bytes received and sent, and the time taken. */
function traffic({ received, sent, ms }: CloseEvent | DoneEvent): string {
  return `${size(received)} in, ${size(sent)} out, ${duration(ms)}`;
}
