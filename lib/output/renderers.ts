/**
 * The forms of a transcript: NDJSON, the heads of HTTP messages, a hex dump, the lines of a server's peers, and what a
 * client received as text or as bytes. A command has one of them for its whole run.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { traitsOf } from "../transport/mod.ts";
import type { Colorize } from "./colors.ts";
import type { DirectionDecoder } from "./decoder.ts";
import { clock } from "./format.ts";
import { trafficLine } from "./json.ts";
import { type CommandName, type Description, isServing } from "./messages.ts";
import type { OutputOptions } from "./options.ts";
import type { Span } from "../text/hex_dump.ts";
import { partsOf } from "../text/frame_parts.ts";
import type { Direction } from "./framed_traffic.ts";
import type { Screen } from "./screen.ts";
import type { Sink, Stream } from "./sink.ts";

/** One form of a transcript. Promises mean that the output is behind. */
export interface Renderer {
  /** Where it shows what is sent; undefined where it shows only what is received, which goes to stdout. */
  readonly sentTo: Stream | undefined;
  /** Shows a read or a write. */
  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void>;
  /** Shows what the decoder holds back, when the peer is gone. */
  end?(direction: Omit<TrafficEvent, "data">, decoder: DirectionDecoder): void;
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
  if (isServing(command) || command === "show") return lineRenderer(parts);
  return options.raw ? byteRenderer(parts) : textRenderer(parts);
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
      const mark = event === "send" ? "> " : "";
      return screen.above(stream, decoder.decode(data).text.replace(/^(?=.)/gm, colorize(stream, "sent", mark)));
    },
  };
}

/** A hex dump of both directions, with the time and the direction before each row. */
function hexRenderer({ command, colorize, screen, options }: RendererParts): Renderer {
  return {
    sentTo: "stdout",
    show: (traffic, decoder) => {
      const { event, id, data, whole } = traffic;
      const label = `${clock(options.now?.() ?? new Date())} ${command === "client" ? "" : `#${id} `}${ARROWS[event]} `;
      const prefix = new TextEncoder().encode(colorize("stdout", ROLES[event], label));
      const rows = decoder.dump(data, whole ?? false, prefix, spansOf(traffic, options, colorize));
      const remark = remarkOn(traffic);
      const shown = screen.above("stdout", rows);
      return remark ? screen.above("stdout", `${label}${colorize("stdout", remark.role, remark.text)}\n`) : shown;
    },
  };
}

/**
 * The lines that a server received, with the peer's number before each; what it sent only with `--verbose`. Of a capture both
 * directions are data.
 */
function lineRenderer({ command, colorize, screen, options, remark }: RendererParts): Renderer {
  const sentTo = command === "show" || command === "tap" ? "stdout" : options.verbose ? "stderr" : undefined;
  const print = (traffic: Direction & Pick<TrafficEvent, "checksum">, text: string): void | Promise<void> => {
    if (text === "") return;
    const { event, id } = traffic;
    const label = `${screen.stamp()}${colorize("stdout", ROLES[event], `#${id} ${ARROWS[event]}`)} `;
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    const remark = remarkOn(traffic);
    if (remark) lines.push(`${lines.pop()}  ${colorize("stdout", remark.role, `(${remark.text})`)}`);
    // What peers send is the data of this command; what the server sends them is a detail.
    return screen.above(
      event === "recv" ? "stdout" : sentTo ?? "stderr",
      lines.map((line) => `${label}${line}\n`).join(""),
    );
  };
  return {
    sentTo,
    show: (event, decoder) => {
      const { text, hint } = decoder.decode(event.data, event.whole);
      const shown = print(event, isEmptyMessage(event) ? "\n" : text);
      // What a server sends, an echo above all, needs no second hint.
      if (hint === undefined || (event.event === "send" && command === "server")) return shown;
      return remark(encodingHint(hint, `#${event.id} `));
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

/** What is to be said of a message: that it is stray, unfinished or cut, and what its checksum says. */
function remarkOn({ stray, partial, cut, checksum }: Omit<TrafficEvent, "data">): Description | undefined {
  if (checksum) {
    const { ok, has, want } = checksum;
    return ok
      ? { role: "note", text: "checksum ok" }
      : { role: "warning", text: `checksum bad: has ${has || "none"}, should be ${want}` };
  }
  if (stray) return { role: "warning", text: "stray bytes, outside a frame" };
  if (cut) return { role: "warning", text: "a part: the message is longer than --frame-max" };
  return partial && { role: "note", text: "unfinished" };
}

/** Colours for the parts of a message that its frame rule knows. */
function spansOf({ data, stray, cut }: TrafficEvent, { form }: OutputOptions, colorize: Colorize): Span[] {
  if (!form?.frame || stray || cut) return [];
  const [on = "", off = ""] = colorize("stdout", "warning", "\0").split("\0");
  if (on === "") return [];
  const colour = [new TextEncoder().encode(on), new TextEncoder().encode(off)] as const;
  return partsOf(form.frame, data).map(({ from, to }) => ({ from, to, colour }));
}

/** Whether this is a message without bytes, which a transcript must not lose. */
function isEmptyMessage({ data, whole }: TrafficEvent): boolean {
  return whole === true && data.length === 0;
}

function emptyMessage({ peer, transport = "tcp" }: TrafficEvent): Description {
  const what = traitsOf(transport).connectionless ? "datagram" : "message";
  return { role: "note", text: `An empty ${what} came from ${peer}` };
}

function encodingHint(encoding: string, label = ""): Description {
  return { role: "warning", text: `${label}these bytes are valid ${encoding}: try -e ${encoding}` };
}
