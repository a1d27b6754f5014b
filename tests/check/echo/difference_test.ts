import { assertEquals, assertMatch } from "@std/assert";
import { Conversation } from "../../../lib/check/conversation.ts";
import { compared, explain } from "../../../lib/check/echo/difference.ts";
import { FakeChannel, systemError } from "../../support/net.ts";
import { PATIENCE_MS, utf8 } from "../../support/sockets.ts";

Deno.test("a complete answer that ends with a reset is weak, and says why", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  channel.arrive("hello\n", systemError("ECONNRESET"));
  await actor.ended(PATIENCE_MS);
  const { verdict, reason, evidence } = compared(actor, utf8("hello\n"), 1);
  assertEquals([verdict, evidence?.end], ["weak", "reset"]);
  assertMatch(reason?.en ?? "", /unread bytes lay in the socket when it was closed/);
});

Deno.test("what is missing is counted, with how the connection ended", () => {
  const why = (received: string, end: "open" | "fin" | "reset") =>
    explain(utf8("hello\n"), { received: utf8(received), end }, 2_000).en;
  assertEquals(why("", "open"), "Nothing came back within 2.0 s.");
  assertEquals(why("hel", "open"), "Only 3 of 6 bytes came back within 2.0 s.");
  assertEquals(why("", "fin"), "The program closed the connection before anything came back.");
  assertEquals(why("h", "fin"), "The program closed the connection after 1 of 6 bytes.");
  assertMatch(why("h", "reset"), /^The connection was reset after 1 of 6 bytes: /);
  assertEquals(why("hexlo\n", "open"), "Other bytes came back than were sent, from byte 2 on (counted from 0).");
});

Deno.test("every reason is there in both languages", () => {
  const { zh } = explain(utf8("你好\r\n"), { received: utf8("你好\n"), end: "open" }, 1);
  assertEquals(zh, "CRLF 变成了 LF：程序按文本方式读取，换行符被改写了；应该按字节处理。");
});
