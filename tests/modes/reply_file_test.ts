import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { reply } from "../../lib/modes/reply.ts";
import { Folder } from "../fetch/helpers.ts";
import { isSettled } from "../support/clock.ts";
import { concat } from "../../lib/bytes.ts";
import { bytesOf } from "../support/net.ts";
import { FakePeer, givenOf, makeContext } from "../support/modes.ts";

async function make(values: Readonly<Record<string, unknown>>) {
  return await reply.create(givenOf(values), makeContext());
}

/** More than one piece, and no whole number of them. */
const BIG = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);

Deno.test("reply --file answers each message with all bytes of the file, in pieces that wait for the peer", async () => {
  await using folder = await Folder.make();
  await Deno.writeFile(folder.at("big"), BIG);
  const mode = await make({ file: folder.at("big") });
  assertEquals(mode.needs, ["read"]);
  const peer = new FakePeer();
  const taken = Promise.withResolvers<void>();
  peer.hold = taken.promise;
  await mode.open?.(peer);
  const done = Promise.resolve(mode.data(peer, bytesOf("a")));
  assertEquals(await isSettled(done), false);
  taken.resolve();
  await done;
  assertEquals([concat(peer.sent), peer.ways[0]], [BIG, "send"]);
  await mode.data(peer, bytesOf("b"));
  assertEquals(concat(peer.sent).length, 2 * BIG.length);
  await mode.end?.(peer);
  assertEquals(concat(peer.sent).length, 2 * BIG.length);
});

Deno.test("reply --file serves a client that ends its half without a message", async () => {
  await using folder = await Folder.make();
  await Deno.writeFile(folder.at("small"), bytesOf("small"));
  const mode = await make({ file: folder.at("small"), then: "close" });
  const peer = new FakePeer();
  await mode.end?.(peer);
  assertEquals([peer.heard, peer.ends], [["small"], 1]);
});

Deno.test("reply --file rejects at the start with kind file for what cannot be read", async () => {
  await using folder = await Folder.make();
  for (const path of [folder.at("nothing"), folder.path]) {
    assertEquals((await assertRejects(() => make({ file: path }), SockeyeError)).kind, "file");
  }
  assertEquals((await assertRejects(() => make({ file: "/proc/self/stat" }), SockeyeError)).kind, "permission");
});

Deno.test("reply --text-hex answers with bytes", async () => {
  const peer = new FakePeer();
  await (await make({ "text-hex": "01 ff 0a" })).data(peer, bytesOf("a"));
  assertEquals(peer.sent[0]?.toHex(), "01ff0a");
});

Deno.test("reply --delay answers after a pause, and not a peer that is gone", async () => {
  const mode = await make({ text: "late", delay: "30ms" });
  const [one, two] = [new FakePeer(1), new FakePeer(2)];
  const answered = Promise.all([mode.data(one, bytesOf("a")), mode.data(two, bytesOf("a"))]);
  assertEquals([one.heard, two.heard], [[], []]);
  two.open = false;
  mode.close?.(two);
  await answered;
  assertEquals([one.heard, two.heard], [["late"], []]);
});

const WRONG: readonly (readonly [Record<string, unknown>, string])[] = [
  [{}, "Missing --text, --text-hex or --file: what shall reply answer?"],
  [{ text: "a", file: "b" }, "Options --text and --file contradict each other: there is one answer"],
  [
    { text: "a", "text-hex": "00", file: "b" },
    "Options --text, --text-hex and --file contradict each other: there is one answer",
  ],
  [{ "text-hex": "00", escapes: true }, "Option --escapes is for --text and --greet"],
];

for (const [values, message] of WRONG) {
  Deno.test(`reply refuses ${JSON.stringify(values)}`, () => {
    const error = assertThrows(() => reply.create(givenOf(values), makeContext()), SockeyeError);
    assertEquals([error.kind, error.message], ["usage", message]);
  });
}
