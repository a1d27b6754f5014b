/**
 * Single questions to a server: makes messages, and waits for their answers.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { TextStream } from "../../text/decode.ts";
import { tailLength } from "../../text/frame_parts.ts";
import { makeFramer } from "../../text/framer.ts";
import { seal } from "../../text/message_form.ts";
import type { Actor } from "../actor.ts";
import type { CaseContext, CheckOptions } from "../case.ts";
import { isFramed, quiet } from "../comparison/playing.ts";

/** Connects, and lets a greeting pass. The caller disposes of the connection. */
export async function greeted(context: CaseContext): Promise<Actor> {
  const actor = await context.connect();
  await quiet(actor, context.quietMs);
  return actor;
}

/** Says something, and waits for what comes: a whole message where `--frame` says what that is, else until silence. */
export async function ask(actor: Actor, message: Uint8Array, context: CaseContext): Promise<Uint8Array> {
  const before = actor.received.length;
  await actor.send(message);
  await actor.bytes(before + 1, context.answerMs);
  return await answerAfter(actor, before, context);
}

/** What has come after so many bytes, when it is over; empty where nothing has come. */
export async function answerAfter(actor: Actor, before: number, { form, quietMs }: CaseContext): Promise<Uint8Array> {
  for (let count = before; actor.received.length > count;) {
    if (isFramed(form, actor.received.subarray(before))) break;
    count = actor.received.length;
    await actor.bytes(count + 1, quietMs);
  }
  return actor.received.subarray(before);
}

/** Whether an answer looks as `--answer` says. */
export function looksRight(answer: Uint8Array, { answer: pattern, encoding }: CheckOptions): boolean {
  return !pattern || new TextStream(encoding).all(answer).text.search(pattern) >= 0;
}

/** How many messages these bytes are; undefined where it was not said what a message is. */
export function countMessages(bytes: Uint8Array, { form }: CheckOptions): number | undefined {
  if (!form?.frame || form.frame.by === "gap") return undefined;
  const framer = makeFramer(form.frame, { max: form.max });
  return framer.push(bytes).length + framer.end().length;
}

/** Makes a message of some content as the frame rule has it; undefined where that rule has no such message. */
export function makeMessage(content: Uint8Array, { form = {}, say }: CheckOptions): Uint8Array | undefined {
  const { frame } = form;
  const framed = () => {
    switch (frame?.by) {
      case "until":
        return concat([content, frame.tail]);
      case "between":
        return concat([frame.head, content, frame.tail]);
      case "fixed":
      case "length":
        return undefined;
      default:
        return concat([content, lineEndOf(say)]);
    }
  };
  const message = framed();
  return message && seal(form, message);
}

/** What a line of this client ends with: as what it says, else a line feed. */
function lineEndOf(say: Uint8Array): Uint8Array {
  const length = tailLength({ by: "line" }, say);
  return length > 0 ? say.subarray(-length) : Uint8Array.of(0x0a);
}

/** The same message with a number at the end of its content; undefined where it is no text or has a fixed form. */
export function numbered({ say, form, encoding }: CheckOptions, number: number): Uint8Array | undefined {
  if (form?.checksum || (form?.frame && !/^(line|until|gap)$/.test(form.frame.by))) return undefined;
  const length = tailLength(form?.frame?.by === "until" ? form.frame : { by: "line" }, say);
  const content = say.subarray(0, say.length - length);
  const { text, invalid } = new TextStream(encoding).all(content);
  // Digits are the same in all encodings whose characters may be single bytes.
  if (invalid > 0 || encoding.startsWith("utf-16") || !/[\p{L}\p{N}]$/u.test(text)) return undefined;
  return concat([content, Uint8Array.of(0x30 + number), say.subarray(say.length - length)]);
}
