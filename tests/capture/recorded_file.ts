/** Recordings that a test writes step by step, with the program's own recorder. */

import { openRecorder } from "../../lib/capture/file_recorder.ts";

/** What passes: from the client (`up`) or the server, or the end of a direction. */
export type Step = readonly [dir: "up" | "down", what: string | Uint8Array | typeof FIN | typeof RESET];

/** An end in order. */
export const FIN = { how: "fin" } as const;

/** The other end. */
export const RESET = { how: "reset" } as const;

/** Writes a capture of conversations, each of which has its steps; `ms` lie between two steps. */
export async function writeRecording(
  path: string,
  conversations: readonly (readonly Step[])[],
  { connectionless = false, ms = 0 } = {},
): Promise<void> {
  await using recorder = await openRecorder(path);
  for (const [i, steps] of conversations.entries()) {
    let time = 1_796_083_200_000 + i * 60_000;
    const client = { hostname: "127.0.0.1", port: 40_000 + i };
    const conversation = recorder.open({ connectionless, client, server: { hostname: "127.0.0.1", port: 9000 } });
    for (const [dir, what] of steps) {
      time += ms;
      if (typeof what === "string") await conversation.data(dir, new TextEncoder().encode(what), time);
      else if (what instanceof Uint8Array) await conversation.data(dir, what, time);
      else conversation.end(dir, what.how, time);
    }
  }
}
