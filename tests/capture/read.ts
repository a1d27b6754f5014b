/** What is found in a capture, as lines that a test can compare. */

import { CaptureError, CaptureParser } from "../../lib/capture/capture_parser.ts";
import type { CapturedConversation, CaptureHandler } from "../../lib/capture/captured.ts";
import { Conversations } from "../../lib/capture/conversations.ts";
import { endpointText } from "../../lib/capture/endpoint.ts";
import type { Dir } from "../../lib/events.ts";

export interface Found {
  /** `1 open …`, `1 > text`, `1 gap …`, in the order in which they were told. */
  readonly lines: string[];
  /** All bytes of a conversation, in hex. */
  readonly bytes: Map<number, Record<Dir, string>>;
  readonly conversations: Conversations;
  readonly cutAt: number | undefined;
  /** What ended the file before its end. */
  readonly error: CaptureError | undefined;
}

const ARROW = { up: ">", down: "<" } as const;

/** Reads a file, whole or in pieces; throws what is wrong with it. */
export function find(...pieces: readonly Uint8Array[]): Found {
  const found = explore(pieces);
  if (found.error) throw found.error;
  return found;
}

/** Reads a file as far as it goes. */
export function explore(pieces: readonly Uint8Array[]): Found {
  const lines: string[] = [];
  const bytes = new Map<number, Record<Dir, string>>();
  const decoder = new TextDecoder();
  const add = ({ number }: CapturedConversation, text: string) => void lines.push(`${number} ${text}`);
  const handler: CaptureHandler = {
    open: (one) => {
      bytes.set(one.number, { up: "", down: "" });
      const began = one.beganBefore ? " began before" : "";
      add(one, `open ${endpointText(one.client)} ${endpointText(one.server)}${began}`);
    },
    data: (one, dir, part) => {
      bytes.get(one.number)![dir] += part.toHex();
      add(one, `${ARROW[dir]} ${decoder.decode(part)}`);
    },
    gap: (one, dir, count) => add(one, `${ARROW[dir]} gap ${count}`),
    end: (one, dir) => add(one, `${ARROW[dir]} fin`),
    comment: (one, text) => add(one, `comment ${text}`),
    close: (one, ending) => add(one, `close ${ending ? `${ending.how} ${ARROW[ending.dir]}` : "?"}`),
  };
  const conversations = new Conversations(handler);
  const parser = new CaptureParser((packet) => conversations.take(packet));
  let [cutAt, error]: [number | undefined, CaptureError | undefined] = [undefined, undefined];
  try {
    for (const piece of pieces) parser.push(piece);
    cutAt = parser.end();
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw thrown;
    error = thrown;
  }
  conversations.end();
  return { lines, bytes, conversations, cutAt, error };
}
