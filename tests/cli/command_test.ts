import { assertEquals } from "@std/assert";
import { encodingOf, openOutput } from "../../lib/cli/command.ts";
import { commonValues, FakeSystem, hex } from "./helpers.ts";

const BYTES = hex("1b d0 c5 ff");

/** What a client shows of some bytes with these flags. */
async function shown(terminal: boolean, ...flags: string[]): Promise<Uint8Array> {
  const system = new FakeSystem({ terminal });
  const sink = system.sink();
  const output = await openOutput("client", commonValues(flags), { system, sink, onOutput: () => {} });
  void output.reportTraffic?.({ event: "recv", id: 1, peer: "p", data: BYTES });
  await sink.flush();
  return system.stdout.bytes;
}

const text = async (terminal: boolean, ...flags: string[]) => new TextDecoder().decode(await shown(terminal, ...flags));

Deno.test("openOutput() gives a pipe the bytes of the wire, unless an encoding is asked for", async () => {
  assertEquals(await shown(false), BYTES);
  assertEquals(await text(false, "-e", "gbk"), "\x1b信\\xff");
});

Deno.test("openOutput() gives a terminal text that is safe", async () => {
  assertEquals(await text(true), "\\x1b\\xd0\\xc5\\xff");
  assertEquals(await text(true, "-e", "gbk"), "\\x1b信\\xff");
});

Deno.test("encodingOf() is UTF-8 unless another one is asked for, by any of its names", () => {
  assertEquals(encodingOf(commonValues([])), "utf-8");
  assertEquals(encodingOf(commonValues(["-e", "GB2312"])), "gbk");
});
