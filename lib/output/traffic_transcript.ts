/**
 * Traffic as a transcript: cut into messages, decoded, and shown in the form that the flags ask for.
 *
 * @module
 */

import { say } from "../phrase.ts";
import { isServing } from "./messages.ts";
import type { TrafficEvent } from "../events.ts";
import { type Backlog, EVENTS_LIMIT_BYTES, TRAFFIC_LIMIT_BYTES } from "./backlog.ts";
import { ChatLines, shownLine } from "./chat_lines.ts";
import { DirectionDecoder } from "./decoder.ts";
import { FramedTraffic } from "./framed_traffic.ts";
import { makeRenderer, type Renderer, type RendererParts } from "./renderers.ts";
import type { TrafficView } from "./traffic_view.ts";

/** Shows the traffic of all peers of a command. */
export class TrafficTranscript implements TrafficView {
  readonly #parts: RendererParts;
  readonly #backlog: Backlog;
  readonly #renderer: Renderer;
  /** By direction and number of the peer, from its first traffic to its end: the number may be used again. */
  readonly #decoders = new Map<string, DirectionDecoder>();
  /** Likewise, if a message is not simply the data of one read. */
  readonly #framed = new Map<string, FramedTraffic>();
  /** The sender of the last datagram, if it is not the address that a client sends to. */
  #otherSender: string | undefined;
  readonly #chatLines: ChatLines;
  /** Encodings of text that comes and that is sent. */
  #encodings: { readonly recv: string; readonly send: string };
  /** A server's transcript tells of traffic that must not wait for it. What a client or a download gets is data, and waits. */
  readonly #isServer: boolean;

  /** Makes a view of no traffic yet. */
  constructor(parts: RendererParts, backlog: Backlog) {
    this.#parts = parts;
    this.#backlog = backlog;
    this.#renderer = makeRenderer(parts);
    this.#chatLines = new ChatLines(parts);
    const { encoding, sentEncoding = encoding } = parts.options;
    this.#encodings = { recv: encoding, send: sentEncoding };
    this.#isServer = isServing(parts.command);
  }

  /** Shows a read or a write. */
  show(event: TrafficEvent): void | Promise<void> {
    const { form, framed: isCut } = this.#parts.options;
    if (!form || isCut) return this.#show(event);
    const key = `${event.event} ${event.id}`;
    let framed = this.#framed.get(key);
    if (!framed) {
      const { data: _, faults: _faults, ...direction } = event;
      framed = new FramedTraffic(form, direction, (message) => this.#show(message), {
        judgeSent: this.#parts.command === "tap",
      });
      this.#framed.set(key, framed);
    }
    return framed.push(event);
  }

  #show(event: TrafficEvent): void | Promise<void> {
    if (event.event === "recv") this.#nameSender(event);
    const { command, options } = this.#parts;
    const stream = event.event === "send" ? this.#renderer.sentTo : "stdout";
    if (!stream) return;
    const key = `${event.event} ${event.id}`;
    let decoder = this.#decoders.get(key);
    if (!decoder) {
      // Only a client's pipe gets text as it came.
      const isSafe = options.terminal || command !== "client";
      const mark = (escape: string) => this.#parts.colorize(stream, "byte", escape);
      decoder = new DirectionDecoder(this.#encodings[event.event], isSafe, mark("\\") === "\\" ? undefined : mark);
      this.#decoders.set(key, decoder);
    }
    const limit = options.json ? EVENTS_LIMIT_BYTES : TRAFFIC_LIMIT_BYTES;
    if (this.#isServer && this.#backlog.skips(stream, limit)) return decoder.skip(event.data);
    return this.#shown(this.#renderer.show(event, decoder));
  }

  /** What the caller waits for: data until it is read, events for programs not for long, a transcript never. */
  #shown(shown: void | Promise<void>): void | Promise<void> {
    if (!shown || !this.#isServer) return shown;
    // What is relayed has been passed on, and waits for no display.
    if (this.#parts.options.json && this.#parts.command !== "tap") return this.#backlog.hold(shown);
  }

  /** Shows the sender of the next datagrams, if it is not the address that a client sends to. */
  #nameSender({ peer, other }: TrafficEvent): void {
    const { options, remark } = this.#parts;
    const sender = other ? peer : undefined;
    if (sender === this.#otherSender) return;
    this.#otherSender = sender;
    if (options.json) return;
    void remark({
      role: "note",
      text: other ? say("from-other")`From ${peer}, another sender:` : say("from-again")`From ${peer} again:`,
    });
  }

  /** See {@linkcode TrafficView.switchEncodings}; half characters are shown first. */
  switchEncodings(read: string, write: string): void {
    this.#encodings = { recv: read, send: write };
    for (const [key, decoder] of this.#decoders) {
      const [event = "", id = ""] = key.split(" ");
      this.#renderer.end?.({ event: event as TrafficEvent["event"], id: Number(id), peer: "" }, decoder);
    }
    this.#decoders.clear();
  }

  /** See {@linkcode TrafficView.isChat}. */
  get isChat(): boolean {
    return this.#renderer.isChat?.() ?? false;
  }

  /** See {@linkcode TrafficView.chatRows}. */
  chatRows(line: string, remark: string): string {
    return this.#chatLines.rows(shownLine(line), remark);
  }

  /** Shows the bytes held back, such as half a character. */
  end(id: number, peer: string): void {
    if (this.#decoders.size === 0 && this.#framed.size === 0) return; // With -q nothing is held back.
    for (const event of ["recv", "send"] as const) {
      const key = `${event} ${id}`;
      this.#framed.get(key)?.end();
      this.#framed.delete(key);
      const decoder = this.#decoders.get(key);
      this.#decoders.delete(key);
      if (decoder) this.#renderer.end?.({ event, id, peer }, decoder);
    }
  }
}
