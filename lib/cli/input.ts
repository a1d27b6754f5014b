/**
 * Standard input when nobody types: bytes for a client, lines for an operator's answers.
 *
 * @module
 */

import type { Input } from "./system.ts";

/** Bytes of one read: as much as a pipe holds. */
const READ_BYTES = 64 * 1024;

/**
 * Standard input as it comes.
 *
 * @param stdin where from
 * @returns copies of what each read brought
 */
export async function* readBytes(stdin: Pick<Input, "read">): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  for (let count; (count = await stdin.read(buffer)) !== null;) yield buffer.slice(0, count);
}

/**
 * Standard input line by line, UTF-8. The last line counts without its newline too.
 *
 * @param stdin where from
 * @returns lines without their ends
 */
export async function* readLines(stdin: Input): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of readBytes(stdin)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
