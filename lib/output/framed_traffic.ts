/**
 * Traffic cut into messages, as `--frame` says, and judged, as `--checksum` says, before it is shown. It is cut
 * separately from the cutting in a mode or a client, so that neither waits for the other; both find the same messages.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { type Framer, makeFramer, type Message } from "../text/framer.ts";
import { judge, type MessageForm } from "../text/message_form.ts";

/** Everything of a traffic event but its bytes. */
export type Direction = Omit<TrafficEvent, "data">;

/** What differs for traffic of the past. */
export interface FramedOptions {
  /** Whether checksums of sent messages are judged as well. Default: only of received ones. */
  readonly judgeSent?: boolean;
  /** Whether a pause is one of the clock; else the caller ends a message with {@linkcode FramedTraffic.end}. Default true. */
  readonly timed?: boolean;
}

/** Cuts the traffic of one direction of one peer. */
export class FramedTraffic {
  readonly #form: MessageForm;
  readonly #judgeSent: boolean;
  readonly #direction: Direction;
  readonly #show: (event: TrafficEvent) => void | Promise<void>;
  readonly #framer: Framer | undefined;

  /** `show` takes an event for each message; its promises mean that the output is behind. */
  constructor(
    form: MessageForm,
    direction: Direction,
    show: (event: TrafficEvent) => void | Promise<void>,
    { judgeSent = false, timed = true }: FramedOptions = {},
  ) {
    this.#form = form;
    this.#judgeSent = judgeSent;
    this.#direction = direction;
    this.#show = show;
    const onPause = (message: Message) => void this.#showMessage(message, direction);
    this.#framer = form.frame && makeFramer(form.frame, { max: form.max, timed, onPause, whole: direction.whole });
  }

  /** Takes the bytes of a read or a write. */
  push(event: TrafficEvent): void | Promise<void> {
    if (!this.#framer) return this.#showMessage({ bytes: event.data }, event);
    const shown = this.#framer.push(event.data).map((message) => this.#showMessage(message, event));
    return shown.at(-1); // The last one is written after the others.
  }

  /** Shows the unfinished message; the next bytes begin a new one. */
  end(): void {
    for (const message of this.#framer?.end() ?? []) void this.#showMessage(message, this.#direction);
  }

  #showMessage(
    { bytes, stray, partial, cut }: Message,
    { data: _, whole, ...direction }: Direction & { data?: unknown },
  ) {
    const isWhole = cut || (!this.#form.frame && !whole) ? {} : { whole: true } as const;
    const flags = { ...(stray && { stray }), ...(partial && { partial }), ...(cut && { cut }) };
    const judged = (this.#judgeSent || direction.event === "recv") && !stray && !partial && !cut;
    const checksum = judged ? judge(this.#form, bytes) : undefined;
    return this.#show({ ...direction, data: bytes, ...isWhole, ...flags, ...(checksum && { checksum }) });
  }
}
