/**
 * The output of a running command: takes events and shows them as a transcript for people or as NDJSON for programs.
 * Data goes to stdout, everything about it to stderr.
 *
 * @module
 */

import type { PortEvent, Report, SayEvent, SockeyeEvent, Totals, TrafficEvent, TransportName } from "../events.ts";
import { Phrase, type Phrased } from "../phrase.ts";
import { escapeControls } from "../printable.ts";
import { transportField } from "../transport/mod.ts";
import type { Colorize } from "./colors.ts";
import { eventLine } from "./json.ts";
import { type CommandName, describe, type Description, isServing } from "./messages.ts";
import type { OutputOptions } from "./options.ts";
import type { ProgressLine } from "./progress.ts";
import type { RendererParts } from "./renderers.ts";
import { type BottomLine, Screen } from "./screen.ts";
import { Backlog, EVENTS_LIMIT_BYTES } from "./backlog.ts";
import type { Sink, Stream } from "./sink.ts";
import type { MakeTrafficView, TrafficView } from "./traffic_view.ts";
import { inEnglish } from "./translate.ts";

/** Sums over all connections of a command; with the transport of a server, unless it is TCP. */
export type OutputTotals = Totals & { readonly transport?: TransportName };

/** The colours of a port's states. */
const PORT_ROLES = { open: "good", closed: "error", filtered: "warning" } as const;

/** Shows the events of one command. */
export class Output {
  /** Takes every event but traffic. */
  readonly report: Report;
  /** Takes traffic; undefined when none would be shown, so that no event is built. */
  readonly reportTraffic: Report | undefined;
  readonly #parts: RendererParts;
  readonly #traffic: TrafficView;
  /** Set by a fetch on a terminal. */
  #progressLine: ProgressLine | undefined;
  /** Names of the people in a chat, by number. */
  readonly #names = new Map<number, string>();
  /** What was left out because the output was not read. */
  readonly #backlog: Backlog;
  /** A transcript tells of traffic that must not wait for it. What a client or a download gets is data, and waits. */
  readonly #isTranscript: boolean;
  readonly #totals: { -readonly [K in keyof OutputTotals]: OutputTotals[K] } = { peers: 0, received: 0, sent: 0 };

  /** Makes the output of one command; {@linkcode loadTrafficView} gives the last parameter. */
  constructor(
    sink: Sink,
    command: CommandName,
    options: OutputOptions,
    colorize: Colorize,
    makeTrafficView: MakeTrafficView,
  ) {
    const remark = (description: Description) => options.quiet ? undefined : this.#remark(description);
    this.#isTranscript = isServing(command);
    this.#backlog = new Backlog(sink, (stream) => this.#tellSkipped(stream));
    const takeSkipped = () => this.#backlog.take("stdout");
    this.#parts = { sink, command, options, colorize, screen: new Screen(sink, options), remark, takeSkipped };
    this.#traffic = makeTrafficView(this.#parts, this.#backlog);
    this.report = (event) => this.#take(event);
    const showsNothing = options.quiet && !options.json && isServing(command);
    this.reportTraffic = showsNothing ? undefined : (event) => this.#traffic.show(event as TrafficEvent);
  }

  /** What stays below all lines, from now on, such as the line that a person is typing; undefined removes it. */
  set bottomLine(line: BottomLine | undefined) {
    this.#parts.screen.bottomLine = line;
  }

  /** Must be called after Ctrl-C, which the terminal shows as `^C`. */
  interrupted(): void {
    this.#parts.screen.interrupted();
  }

  /** A message in the language of the person. */
  words(message: Phrased): string {
    return (this.#parts.options.translate ?? inEnglish)(message);
  }

  /** Sets the encodings in which received and sent text is shown from now on, canonical names. */
  switchEncodings(read: string, write: string): void {
    this.#traffic.switchEncodings?.(read, write);
  }

  /** Shows progress events on this line, from now on. */
  set progressLine(line: ProgressLine) {
    this.#progressLine = line;
    this.#parts.screen.bottomLine = line;
  }

  /** Prints whole lines of data that belong together, laid out by a command. */
  print(lines: string): void | Promise<void> {
    const { screen } = this.#parts;
    return screen.above("stdout", lines.replace(/^(?=.)/m, screen.stamp()));
  }

  /** Whether a client talks to a chat of sockeye. */
  get inChat(): boolean {
    return this.#traffic.isChat ?? false;
  }

  /** The transport of a server, for its totals. */
  set transport(name: TransportName) {
    Object.assign(this.#totals, transportField(name));
  }

  /** Sums over all connections so far. */
  get totals(): OutputTotals {
    return this.#totals;
  }

  /** Adds connections that other threads have served and shown. */
  count({ peers, received, sent }: Totals): void {
    this.#totals.peers += peers;
    this.#totals.received += received;
    this.#totals.sent += sent;
  }

  #take(event: SockeyeEvent): void | Promise<void> {
    if (event.event === "open") this.count({ peers: 1, received: 0, sent: 0 });
    if (event.event === "close") {
      this.count({ peers: 0, received: event.received, sent: event.sent });
      this.#traffic.end(event.id, event.peer);
      this.#names.delete(event.id);
    }
    if (event.event === "say" && event.id !== undefined && event.name !== undefined) {
      this.#names.set(event.id, event.name);
    }
    if (event.event === "done") {
      this.#progressLine?.clear();
      for (const stream of ["stdout", "stderr"] as const) this.#tellSkipped(stream);
    }
    return this.#show(event);
  }

  /** With `--json` an error is shown in words as well. */
  #show(event: SockeyeEvent): void | Promise<void> {
    const { command, options } = this.#parts;
    const { json, quiet, verbose } = options;
    if (json) {
      // A private line is no event of the room.
      if (event.event === "say" && event.kind === "private" && !verbose) return;
      const shown = this.#showJson(event);
      if (event.event !== "error") return shown;
    } else if (!quiet) {
      if (event.event === "progress") return this.#progressLine?.update(event);
      if (event.event === "say") return this.#showChatLine(event);
      if (event.event === "port") return this.#showPort(event);
    }
    // Only errors are shown always: a quiet command makes no other words.
    if (quiet && event.event !== "error") return;
    const chat = options.chat && options.terminal && !json;
    const description = describe(event, command, { ...options, chat, nameOf: (id) => this.#names.get(id) });
    if (description && (verbose || !description.detail)) this.#remark(description);
  }

  /** The last event is never left out: it has the number of those skipped. */
  #showJson(event: SockeyeEvent): void | Promise<void> {
    const { sink } = this.#parts;
    const mayBeLeftOut = this.#isTranscript && event.event !== "done";
    if (mayBeLeftOut && this.#backlog.skips("stdout", EVENTS_LIMIT_BYTES)) return;
    const shown = sink.write(
      "stdout",
      eventLine(event, this.#parts.options.now?.() ?? new Date(), this.#backlog.take("stdout")),
    );
    return this.#isTranscript && shown ? this.#backlog.hold(shown) : shown;
  }

  /** Tells how much of a stream was left out. In JSON the next event tells it. */
  #tellSkipped(stream: Stream): void {
    const { options: { json, quiet } } = this.#parts;
    if (json && stream === "stdout") return;
    const count = this.#backlog.take(stream);
    if (quiet || count === 0) return;
    const number = count.toLocaleString("en-US");
    this.#remark({
      role: "warning",
      text: new Phrase("not-shown", `${number} message${count === 1 ? "" : "s"} not shown`, [number]),
    });
  }

  /** A chat line is data. One of the operator stands on the terminal already, where it was typed. */
  #showChatLine({ text, operator, kind, id, peer }: SayEvent): void {
    const { screen, options } = this.#parts;
    if (operator && screen.hasBottomLine) return;
    if (this.#backlog.skips("stdout", EVENTS_LIMIT_BYTES)) return;
    const ties = options.terminal && id !== undefined && (kind === "join" || kind === "rename" || kind === "leave");
    const remark = ties ? `(#${id}${kind === "join" ? ` ${peer}` : ""})` : "";
    void screen.above("stdout", this.#traffic.chatRows?.(this.words(text), remark) ?? "");
  }

  /** A port is data, too. */
  #showPort({ port, state, ms, reason, tls, banner }: PortEvent): void | Promise<void> {
    const { screen, colorize } = this.#parts;
    const colored = colorize("stdout", PORT_ROLES[state], state.padEnd(8));
    const details = [reason, tls === undefined ? undefined : `TLS ${tls}`, banner].filter((text) => text !== undefined);
    const told = escapeControls(details.join("; ")).replaceAll("\n", "\\n");
    const row = `${String(port).padStart(5)} ${colored} ${`${ms} ms`.padStart(9)} ${told}`;
    return screen.above("stdout", `${screen.stamp()}${row.trimEnd()}\n`);
  }

  #remark({ role, text }: Description): void {
    if (this.#backlog.skips("stderr", EVENTS_LIMIT_BYTES)) return;
    const { screen, colorize } = this.#parts;
    void screen.above("stderr", `${screen.stamp()}${colorize("stderr", role, this.words(text))}\n`);
  }
}
