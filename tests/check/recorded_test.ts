import { assertEquals } from "@std/assert";
import type { RecordedStep } from "../../lib/capture/recording.ts";
import { messagesOf } from "../../lib/check/recorded.ts";
import { bytesOf, textOf } from "../support/net.ts";

function said(steps: [dir: "up" | "down", what: string | null][], whole?: boolean, connectionless = false): string[] {
  const recorded = steps.map(([dir, what], i): RecordedStep =>
    what === null ? { dir, time: i, how: "fin" } : { dir, time: i, number: i + 1, bytes: bytesOf(what) }
  );
  return messagesOf({ number: 1, connectionless, start: 0, steps: recorded }, whole).map(textOf);
}

Deno.test("a recorded client said what stands between two answers", () => {
  const steps: Parameters<typeof said>[0] = [
    ["down", "220 hi\r\n"],
    ["up", "HE"],
    ["up", "LO\r\n"],
    ["down", "250 ok\r\n"],
    ["up", "QUIT\r\n"],
    ["up", null],
    ["down", "221\r\n"],
    ["down", null],
  ];
  assertEquals(said(steps), ["HELO\r\n", "QUIT\r\n"]);
  assertEquals(said(steps, true), ["HE", "LO\r\n", "QUIT\r\n"]);
});

Deno.test("recorded datagrams stay apart, and a client that said nothing has no messages", () => {
  assertEquals(said([["up", "a"], ["up", "b"], ["down", "c"]], false, true), ["a", "b"]);
  assertEquals(said([["down", "hi"], ["up", null]]), []);
});
