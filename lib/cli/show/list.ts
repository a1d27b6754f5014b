/**
 * The list of a capture's conversations.
 *
 * @module
 */

import type { CapturedConversation, Ending } from "../../capture/captured.ts";
import { endpointText } from "../../capture/endpoint.ts";
import type { ConversationEvent, Dir, TrafficEvent } from "../../events.ts";
import { clock, duration, size } from "../../output/format.ts";
import type { MessageHandler } from "./messages.ts";
import { endingOf, traitsOf } from "./words.ts";

/** What is counted of a conversation. */
interface Counts extends Record<Dir, number> {
  missing: number;
  messages: number;
}

/** A conversation that is over. */
export interface ListedConversation {
  /** What JSON has of it. */
  readonly event: ConversationEvent;
  /** Milliseconds since 1970 of its first packet. */
  readonly start: number;
}

/** Counts conversations. */
export class ConversationList implements MessageHandler {
  readonly #counts = new Map<number, Counts>();
  readonly #listed: ListedConversation[] = [];
  readonly #matches: ((bytes: Uint8Array) => boolean) | undefined;
  /** Numbers of conversations that have a message that matches. */
  readonly #matched = new Set<number>();

  /** Only conversations that have a message that `matches` are listed; all of their messages are counted. */
  constructor(matches: ((bytes: Uint8Array) => boolean) | undefined) {
    this.#matches = matches;
  }

  /** The conversations that are over, by number. */
  get conversations(): readonly ListedConversation[] {
    return this.#listed.sort((a, b) => a.event.id - b.event.id);
  }

  /** A conversation begins. */
  open({ number }: CapturedConversation): void {
    this.#counts.set(number, { up: 0, down: 0, missing: 0, messages: 0 });
  }

  /** A message. */
  message({ number }: CapturedConversation, { dir = "up", data }: TrafficEvent): void {
    const counts = this.#counts.get(number);
    if (!counts) return;
    counts[dir] += data.length;
    counts.messages++;
    if (this.#matches?.(data)) this.#matched.add(number);
  }

  /** Bytes were not captured. */
  gap({ number }: CapturedConversation, _dir: Dir, bytes: number): void {
    const counts = this.#counts.get(number);
    if (counts) counts.missing += bytes;
  }

  /** Ends of directions are no rows of a list. */
  end(): void {}

  /** Neither are remarks. */
  comment(): void {}

  /** A conversation is over. */
  close(conversation: CapturedConversation, ending: Ending | undefined, time: number): void {
    const { number, client, server, start } = conversation;
    const counts = this.#counts.get(number);
    this.#counts.delete(number);
    if (!counts || (this.#matches && !this.#matched.delete(number))) return;
    const ends = { client: endpointText(client), server: endpointText(server) };
    const ms = Math.max(Math.round(time - start), 0);
    const event = { event: "conversation", id: number, ...traitsOf(conversation), ...ends, ...counts } as const;
    this.#listed.push({ start, event: { ...event, ...endingOf(ending), ms } });
  }
}

/** The list as a table, one conversation a line. */
export function listText(conversations: readonly ListedConversation[]): string {
  const rows = conversations.map(({ start, event }) => {
    const { id, transport, client, server, up, down, missing, messages, reason, ms } = event;
    const lost = missing > 0 ? `; ${size(missing)} not captured` : "";
    const began = event.beganBefore ? "; began before the capture" : "";
    return [
      `#${id}`,
      clock(new Date(start)),
      transport,
      `${client} > ${server}`,
      size(up),
      size(down),
      String(messages),
      duration(ms),
      `${reason}${lost}${began}`,
    ];
  });
  if (rows.length === 0) return "";
  const table = [["#", "time", "", "client > server", "up", "down", "messages", "lasted", "end"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const right = (column: number) => column >= 4 && column <= 7;
  const cell = (text: string, column: number) =>
    right(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return table.map((row) => `${row.map(cell).join("  ").trimEnd()}\n`).join("");
}
