/**
 * Standard input when it is not typed at an editor: lines for an operator's answers.
 *
 * @module
 */

import { type ByteReader, readChunks } from "../bytes.ts";

/** Standard input line by line, UTF-8. The last line counts without its newline too. */
export async function* readLines(stdin: ByteReader): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of readChunks(stdin)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
