/**
 * The forms of a transcript: NDJSON, the heads of HTTP messages, a hex dump, the lines of a server's peers, and what a
 * client received: as text, as bytes, or as arrivals where a person types.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { concat } from "../bytes.ts";
import { Phrase } from "../phrase.ts";
import { plural } from "../wording.ts";
import { arrivalRenderer } from "./arrivals.ts";
import type { Colorize, TextRole } from "./colors.ts";
import type { DirectionDecoder } from "./decoder.ts";
import { clock } from "./format.ts";
import { trafficLine } from "./json.ts";
import { type CommandName, type Description, isServing } from "./messages.ts";
import type { OutputOptions } from "./options.ts";
import { bytesPerRow, type Span } from "../text/hex_dump.ts";
import { partsOf } from "../text/frame_parts.ts";
import type { Direction } from "./framed_traffic.ts";
import { emptyMessage, encodingHint, isEmptyMessage, remarkOn } from "./remarks.ts";
import type { Screen } from "./screen.ts";
import type { Sink, Stream } from "./sink.ts";
import { inEnglish } from "./translate.ts";

/** One form of a transcript. Promises mean that the output is behind. */
export interface Renderer {
  /** The stream for sent data; undefined if it shows only received data, which goes to stdout. */
  readonly sentTo: Stream | undefined;
  /** Shows a read or a write. */
  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void>;
  /** Shows the bytes held back by the decoder, when the peer is gone. */
  end?(direction: Omit<TrafficEvent, "data">, decoder: DirectionDecoder): void;
  /** Whether the peer is a chat of sockeye. */
  isChat?(): boolean;
}

/** What renderers write to. */
export interface RendererParts {
  /** The command whose traffic is shown. */
  readonly command: CommandName;
  /** What the flags ask for. */
  readonly options: OutputOptions;
  /** Where bytes and lines for programs are written. */
  readonly sink: Sink;
  /** Where text for people is printed. */
  readonly screen: Screen;
  /** Colours. */
  readonly colorize: Colorize;
  /** Takes the number of events that were left out before the next one. */
  readonly takeSkipped: () => number;
  /** Takes remarks about the traffic, such as a hint at its encoding. */
  readonly remark: (description: Description) => void | Promise<void>;
}

/** Directions as seen from this program. */
const ARROWS = { recv: "<", send: ">" } as const;

/** The colour roles of the directions. */
const ROLES = { recv: "peer", send: "sent" } as const;

/** Picks the renderer that a command and its flags ask for. */
export function makeRenderer(parts: RendererParts): Renderer {
  const { command, options } = parts;
  if (options.json) return jsonRenderer(parts);
  if (command === "fetch") return headRenderer(parts);
  if (options.hex) return hexRenderer(parts);
  if (isServing(command) || command === "show" || command === "replay") return lineRenderer(parts);
  if (options.raw) return byteRenderer(parts);
  const [running, arrivals] = [textRenderer(parts), arrivalRenderer(parts)];
  const chosen = () => options.typed || parts.screen.hasBottomLine ? arrivals : running;
  return {
    sentTo: undefined,
    show: (event, decoder) => chosen().show(event, decoder),
    end: (direction, decoder) => chosen().end?.(direction, decoder),
    isChat: () => arrivals.isChat?.() ?? false,
  };
}

/** One JSON object for each read and write. */
function jsonRenderer(
  { sink, takeSkipped, options: { hex = false, now = () => new Date() } }: RendererParts,
): Renderer {
  const show: Renderer["show"] = (event, { textStream }) =>
    sink.write("stdout", trafficLine(event, { textStream, hex, date: now(), skipped: takeSkipped() }));
  return {
    sentTo: "stdout",
    show,
    end: (direction, decoder) => {
      if (decoder.textStream.pending.length > 0) void show({ ...direction, data: new Uint8Array() }, decoder);
    },
  };
}

/** The heads of a fetch: of answers as they came, and of requests with a mark before each line. */
function headRenderer({ sink, screen, colorize, options }: RendererParts): Renderer {
  return {
    sentTo: options.requests && !options.quiet ? "stderr" : undefined,
    show: ({ event, data }, decoder) => {
      const stream = event === "send" ? "stderr" : options.heads;
      if (stream === undefined || options.quiet) return;
      if (stream === "stdout" && !options.terminal) return sink.write(stream, data.slice());
      const { text } = decoder.decode(data);
      if (event === "recv") return screen.above(stream, withStatus(text, (role, line) => colorize(stream, role, line)));
      return screen.above(stream, text.replace(/^(?=.)/gm, colorize(stream, "sent", "> ")));
    },
  };
}

/** Roles of the classes of a status, by its first digit (RFC 9110 section 15). */
const STATUS_ROLES: Readonly<Record<string, TextRole>> = {
  1: "note",
  2: "good",
  3: "peer",
  4: "warning",
  5: "error",
};

/** Colours the first line of an answer by the class of its status. */
function withStatus(head: string, paint: (role: TextRole, line: string) => string): string {
  return head.replace(/^HTTP\/[\d.]+ ([1-5])\d\d[^\r\n]*/, (line, digit) => paint(STATUS_ROLES[digit] ?? "note", line));
}

/** A hex dump of both directions, with the time, the direction and the length above each message. */
function hexRenderer({ command, colorize, screen, options }: RendererParts): Renderer {
  const { translate = inEnglish } = options;
  return {
    sentTo: "stdout",
    show: (traffic, decoder) => {
      const { event, id, data, whole } = traffic;
      const label = `${clock(options.now?.() ?? new Date())} ${command === "client" ? "" : `#${id} `}${ARROWS[event]}`;
      const head = colorize(
        "stdout",
        ROLES[event],
        `${label} ${translate(new Phrase("count-byte", plural(data.length, "byte"), [data.length]))}`,
      );
      const remark = remarkOn(traffic);
      const told = remark ? `  ${colorize("stdout", remark.role, translate(remark.text))}` : "";
      const row = options.terminal ? bytesPerRow(options.columns?.() ?? 80) : undefined;
      const rows = decoder.dump(data, whole ?? false, { row, spans: spansOf(traffic, options, colorize) });
      return screen.above("stdout", concat([new TextEncoder().encode(`${head}${told}\n`), rows]));
    },
  };
}

/**
 * The lines that a server received, with the peer's number before each; what it sent on a terminal, or with `--verbose`. Of
 * a capture both directions are data.
 */
function lineRenderer({ command, colorize, screen, options, remark }: RendererParts): Renderer {
  const { translate = inEnglish } = options;
  const isData = command === "show" || command === "tap" || command === "replay";
  const sentTo = isData ? "stdout" : options.verbose || options.terminal ? "stderr" : undefined;
  const print = (traffic: Direction & Pick<TrafficEvent, "checksum">, text: string): void | Promise<void> => {
    if (text === "") return;
    const { event, id } = traffic;
    // Data from peers is the output of this command; data sent to them only accompanies it.
    const stream = event === "recv" ? "stdout" : sentTo ?? "stderr";
    const paint = (role: TextRole, shown: string) => colorize(stream, role, shown);
    const label = `#${id} ${ARROWS[event]}`;
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")
      .map((line) => event === "recv" ? `${paint("peer", label)} ${line}` : paint("sent", `${label} ${line}`));
    const said = remarkOn(traffic);
    if (said) lines.push(`${lines.pop()}  ${paint(said.role, `(${translate(said.text)})`)}`);
    return screen.above(stream, lines.map((line) => `${screen.stamp()}${line}\n`).join(""));
  };
  return {
    sentTo,
    show: (event, decoder) => {
      // What a person has typed here stands on the terminal already.
      if (event.event === "send" && command === "server" && !options.verbose && screen.hasBottomLine) return;
      const { text, hint } = decoder.decode(event.data, event.whole);
      const shown = print(event, isEmptyMessage(event) ? "\n" : text);
      // What a server sends, an echo above all, needs no second hint.
      if (hint === undefined || (event.event === "send" && command === "server")) return shown;
      return remark(encodingHint(hint, { label: `#${event.id} ` }));
    },
    end: (direction, decoder) => void print(direction, decoder.rest()),
  };
}

/** What a client received, decoded. */
function textRenderer({ screen, remark }: RendererParts): Renderer {
  return {
    sentTo: undefined,
    show: (event, decoder) => {
      if (isEmptyMessage(event)) return remark(emptyMessage(event));
      const { text, hint } = decoder.decode(event.data, event.whole);
      const shown = screen.print(text);
      const said = remarkOn(event);
      if (said && !event.checksum?.ok) void remark(said);
      return hint === undefined ? shown : remark(encodingHint(hint));
    },
    end: (_direction, decoder) => void screen.print(decoder.rest()),
  };
}

/** What a client received, byte for byte. */
function byteRenderer({ sink, remark }: RendererParts): Renderer {
  return {
    sentTo: undefined,
    show: (event) => {
      if (isEmptyMessage(event)) return remark(emptyMessage(event));
      const said = remarkOn(event);
      if (said && !event.checksum?.ok) void remark(said);
      return sink.write("stdout", event.data.slice());
    },
  };
}

/** Colours for the parts of a message that its frame rule knows. */
function spansOf({ data, stray, cut }: TrafficEvent, { form }: OutputOptions, colorize: Colorize): Span[] {
  if (!form?.frame || stray || cut) return [];
  const [on = "", off = ""] = colorize("stdout", "warning", "\0").split("\0");
  if (on === "") return [];
  const colour = [new TextEncoder().encode(on), new TextEncoder().encode(off)] as const;
  return partsOf(form.frame, data).map(({ from, to }) => ({ from, to, colour }));
}
