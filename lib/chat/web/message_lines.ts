/**
 * A page's message in the form that the room takes: several lines stay one message unless there are too many.
 *
 * @module
 */

import { encodeText } from "../../text/encode.ts";
import { LINE_LIMIT } from "../../text/lines.ts";
import { readTyped } from "../../text/typed.ts";
import type { Line } from "../member.ts";

/** Lines of one message: text clients get each of them with the name before it. */
const LINES_MAX = 200;

/** Commands whose text may have several lines, behind any of the slashes. */
const OF_SEVERAL_LINES = /^.(?:msg|me)\s/iu;

/** Cuts a message as lines of text clients are cut when they are too long. Other commands have one line. */
export function* messageLines(said: string): Generator<Line> {
  const message = said.toWellFormed().replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  const typed = readTyped(message);
  const several = typed.kind !== "command" || OF_SEVERAL_LINES.test(typed.text);
  const { kind, text } = several ? typed : readTyped(message.replace(/\n+/g, " "));
  const bytes = encodeText(said, "utf-8").length;
  let continued = false;
  for (const part of partsOf(text)) {
    for (let at = 0; at === 0 || at < part.length; at += LINE_LIMIT) {
      yield { kind, text: part.slice(at, at + LINE_LIMIT).toWellFormed(), continued, bytes };
      continued = true;
    }
  }
}

function* partsOf(text: string): Generator<string> {
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += LINES_MAX) yield lines.slice(at, at + LINES_MAX).join("\n");
}
