import { assertEquals } from "@std/assert";
import { reply } from "../../lib/modes/reply.ts";
import { talk } from "../../lib/modes/talk.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { turn } from "../support/clock.ts";
import { FakeOperator, FakePeer, makeContext, makeMode } from "../support/modes.ts";

Deno.test("talk knows the line end of utf-16", async () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const operator = new FakeOperator();
    const mode = makeMode(talk, {}, makeContext({ operator, encoding }));
    const peer = new FakePeer();
    void mode.open?.(peer);
    await mode.data(peer, encodeText("hi\n", encoding));
    operator.type("ok");
    await turn();
    assertEquals(peer.sent[0]?.toHex(), encodeText("ok\n", encoding).toHex(), `talk ${encoding}`);
  }
});

Deno.test("reply fills in a message without its line end in utf-16", async () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const echo = makeMode(reply, { text: "<{data}>" }, makeContext({ encoding }));
    const peer = new FakePeer();
    await echo.data(peer, encodeText("hi\n", encoding));
    assertEquals(peer.sent[0]?.toHex(), encodeText("<hi>", encoding).toHex(), `reply ${encoding}`);
  }
});
