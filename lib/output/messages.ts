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
import { Phrase, type Phrased, say } from "../phrase.ts";
import { escapeControls } from "../printable.ts";
import { shellWord } from "../shell.ts";
import { traitsOf } from "../transport/mod.ts";
import { plural } from "../wording.ts";
import type { TextRole } from "./colors.ts";
import { columnsOf, duration, size } from "./format.ts";
import { inEnglish, type Translate } from "./translate.ts";

/** The commands that report events; each has its own messages. */
export type CommandName = "server" | "tap" | "client" | "fetch" | "cert" | "probe" | "show" | "replay" | "check";

/** An event in words. */
export interface Description {
  /** What the text is, for its colour. */
  readonly role: TextRole;
  /** The text, without a newline at its end. */
  readonly text: Phrased;
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
  /** The language. Default: English. */
  readonly translate?: Translate | undefined;
}

/** Puts an event into words that are safe for a terminal; undefined for one that people need not read. */
export function describe(
  event: SockeyeEvent,
  command: CommandName,
  circumstances: Circumstances = {},
): (Description & { readonly text: string }) | undefined {
  const { translate = inEnglish } = circumstances;
  const description = describeRaw(event, command, circumstances);
  return description && { ...description, text: escapeControls(translate(description.text)) };
}

function describeRaw(
  event: SockeyeEvent,
  command: CommandName,
  circumstances: Circumstances,
): Description | undefined {
  switch (event.event) {
    case "listen":
      return { role: "heading", text: listenText(event, circumstances.translate ?? inEnglish) };
    case "open":
    case "half-close":
    case "close":
      if (command === "show") return describeCaptured(event, circumstances);
      if (command === "tap" && event.event !== "open") return describeRelayed(event);
      return isServing(command) ? describePeer(event, circumstances) : describeConversation(event, circumstances);
    case "notice":
      return { role: "warning", text: messageText(event, circumstances), detail: event.detail ?? false };
    case "error":
      return { role: "error", text: say("sockeye")`sockeye: ${messageText(event, circumstances)}` };
    case "done":
      return DONE[command]?.(event);
    default:
      return undefined;
  }
}

/** Columns of the narrowest usual terminal, which the first line must fit. */
const FIRST_LINE_COLUMNS = 80;

/** Where the server listens, how to reach it if that is not said by the address alone, and how to stop it. */
function listenText({ address, mode, target, reach, limits, hint }: ListenEvent, translate: Translate): string {
  const what = target === undefined ? mode : say("goes-to")`what comes goes to ${target}`;
  const base = what
    ? say("listening-as")`Listening on ${address} - ${what}`
    : say("listening")`Listening on ${address}`;
  const stop = say("stops")`Ctrl-C stops`;
  const full = reach ? say("then-reach")`${base}; sockeye client ${reach}; ${stop}` : say("then")`${base}; ${stop}`;
  const isLong = columnsOf(translate(full)) > FIRST_LINE_COLUMNS;
  const lines = [isLong ? say("then")`${base}; ${stop}` : full, hint, limits && say("limits")`Limits: ${limits}`];
  return lines.filter((line) => line !== undefined && line !== "").map((line) => translate(line!)).join("\n");
}

/** What a server says of one of its peers. */
function describePeer(event: OpenEvent | HalfCloseEvent | CloseEvent, circumstances: Circumstances): Description {
  const label = peerLabel(event, circumstances);
  const { chat: detail = false } = circumstances;
  if (event.event === "half-close") {
    return { role: "note", text: say("has-finished")`${label} has finished sending`, detail: true };
  }
  const connectionless = isConnectionless(event);
  if (event.event === "open") {
    const shown = event.certificate ? say("shows")`, with the certificate of ${oneLine(event.certificate.name)}` : "";
    const text = connectionless ? say("speaks")`${label} speaks${shown}` : say("connected")`${label} connected${shown}`;
    return { role: "good", text, detail };
  }
  const text = connectionless
    ? say("forgotten")`${label} forgotten: ${event.reason}; ${traffic(event)}`
    : say("left")`${label} left: ${event.reason}; ${traffic(event)}`;
  return { role: "note", text, detail };
}

/** What a client says of its only peer. */
function describeConversation(
  event: OpenEvent | HalfCloseEvent | CloseEvent,
  { typed }: Circumstances,
): Description {
  if (event.event === "half-close") {
    const text = event.dir === "in"
      ? say("peer-finished")`The peer has finished sending`
      : say("finished")`Finished sending`;
    return { role: "note", text, detail: true };
  }
  const connectionless = isConnectionless(event);
  if (event.event === "open") {
    const advice = typed ? say("q-leaves")`; q leaves, /help lists more` : "";
    const text = connectionless
      ? say("speaking-to")`Speaking to ${event.peer}${advice}`
      : say("connected-to")`Connected to ${event.peer}${advice}`;
    return { role: "good", text };
  }
  // Where the reason is given in words, the error that follows gives it again.
  const detail = /^(?:lost|broken|given up): /.test(String(event.reason));
  const text = connectionless
    ? say("talk-ended")`Talk ${event.reason}; ${traffic(event)}`
    : say("connection-ended")`Connection ${event.reason}; ${traffic(event)}`;
  return { role: "note", text, detail };
}

/** What a capture says of a conversation: the peer is its client. */
function describeCaptured(
  event: OpenEvent | HalfCloseEvent | CloseEvent,
  circumstances: Circumstances,
): Description {
  if (event.event === "half-close") {
    const text = event.dir === "up"
      ? say("client-finished")`${`#${event.id}`} the client has finished sending`
      : say("server-finished")`${`#${event.id}`} the server has finished sending`;
    return { role: "note", text, detail: true };
  }
  if (event.event === "open") {
    const label = peerLabel(event, circumstances);
    const text = isConnectionless(event)
      ? say("speaks-to")`${label} speaks to ${event.target ?? ""}`
      : say("peer-connected-to")`${label} connected to ${event.target ?? ""}`;
    return { role: "good", text: event.beganBefore ? say("began-before")`${text} before the capture began` : text };
  }
  const { id, reason, received, sent, ms } = event;
  const text = say("conversation-ended")`${`#${id}`} ${reason}; ${upAndDown({ received, sent, ms })}`;
  return { role: "note", text };
}

/** Whether a command serves many peers and reports on each; the reports never hold up the peers. */
export function isServing(command: CommandName): boolean {
  return command === "server" || command === "tap";
}

/** How sides end a relayed connection. */
const HOW = {
  fin: say("how-fin")`ended it first (FIN)`,
  reset: say("how-reset")`reset it`,
  lost: say("how-lost")`broke it`,
  unreachable: say("how-unreachable")`was not reached`,
} as const;

/** The ends of a relayed connection. */
const SIDES = { up: say("the-client")`the client`, down: say("the-target")`the target` } as const;

/** What a relay says of the ends of a connection. */
function describeRelayed(event: HalfCloseEvent | CloseEvent): Description {
  const label = peerLabel(event);
  if (event.event === "half-close") {
    const end = event.dir === "down" ? SIDES.down : SIDES.up;
    return { role: "note", text: say("side-finished")`${label} ${end} has finished sending`, detail: true };
  }
  const { by, how, reason, received, sent, ms } = event;
  const side = how && by ? say("side-how")`${SIDES[by]} ${HOW[how]}` : reason;
  const counts = upAndDown({ received, sent, ms });
  const text = isConnectionless(event)
    ? say("forgotten")`${label} forgotten: ${side}; ${counts}`
    : say("relay-closed")`${label} closed: ${side}; ${counts}`;
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
  const noun = isConnectionless(event) ? "peer" : "connection";
  const served = new Phrase(`count-${noun}`, plural(peers, noun), [peers]);
  return { role: "note", text: say("served")`Done: ${served}; ${traffic(event)}` };
}

function describeFetched({ file, bytes = 0, status, code, ms, sha256 }: DoneEvent): Description | undefined {
  if (code !== 0 || status === undefined) return undefined;
  const result = file === undefined ? say("fetched")`Done` : say("saved")`Saved ${file}`;
  const rate = ms > 0 ? say("at-rate")`, ${size(Math.round(bytes / ms * 1000))}/s` : "";
  const digest = sha256 === undefined ? "" : `\nsha256 ${sha256}`;
  return { role: "good", text: say("fetched-in")`${result}: ${size(bytes)} in ${duration(ms)}${rate}${digest}` };
}

/** Says how to use the new files. */
function describeCertified({ names, cert, key, ca, fingerprint, expires }: DoneEvent): Description | undefined {
  if (!names || cert === undefined || key === undefined || ca === undefined) return undefined;
  const text = say("certified")`A certificate for ${names.join(", ")}, valid until ${expires?.slice(0, 10) ?? ""}
Serve:   sockeye server echo tls://:9443 --cert ${shellWord(cert)} --key ${shellWord(key)}
Connect: sockeye client tls://HOST:9443 --ca ${shellWord(ca)}
     or: sockeye client tls://HOST:9443 --pin ${fingerprint ?? ""}`;
  return { role: "note", text };
}

/** The message, on one line, with the peer that it is about. */
function messageText(event: { id?: number; peer?: string; message: Phrased }, circumstances: Circumstances): string {
  const message = oneLine((circumstances.translate ?? inEnglish)(event.message));
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
function traffic({ received, sent, ms }: CloseEvent | DoneEvent): Phrase {
  return say("in-out")`${size(received)} in, ${size(sent)} out, ${duration(ms)}`;
}

/** The same, seen from outside. */
function upAndDown({ received, sent, ms }: Pick<CloseEvent, "received" | "sent" | "ms">): Phrase {
  return say("up-down")`${size(sent)} up, ${size(received)} down, ${duration(ms)}`;
}
