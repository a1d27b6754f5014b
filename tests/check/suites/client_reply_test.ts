import { assertEquals, assertMatch } from "@std/assert";
import { clientReply } from "../../../lib/check/suites/client_reply.ts";
import { asFrame } from "../../../lib/text/framing.ts";
import { utf8, writeAll } from "../../support/sockets.ts";
import { asking, checked, type Client, linesOf, once, toEnd } from "../clients.ts";

Deno.test("a client that reads whole lines is right", async () => {
  const { verdicts } = await checked(clientReply, "1 2 3 4 5 6 8", asking("one", "two", "three"));
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 4 ok, 5 ok, 6 ok, 8 ok");
});

Deno.test("a client that only listens is judged by how it takes the first words", async () => {
  const lines: Client = async (conn) => void await linesOf(conn)();
  const right = await checked(clientReply, "1 2 5", lines);
  assertEquals(right.verdicts, "1 ok, 2 ok, 5 ok");
  const wrong = await checked(clientReply, "1", async (conn) => void await once(conn));
  assertEquals(wrong.verdicts, "1 fail");
});

Deno.test("a client that reads up to the end of the connection is right", async () => {
  const { verdicts, findings } = await checked(clientReply, "1 3 4 5", async (conn) => {
    await writeAll(conn, "hello\n");
    await toEnd(conn);
  }, { options: { say: utf8("信息已收到") } });
  assertEquals(verdicts, "1 ok, 3 unknown, 4 ok, 5 ok");
  assertMatch(findings["3"]?.reason?.en ?? "", /no line end/);
});

Deno.test("a client that goes on or ends some time after the answer shows nothing", async () => {
  const later = (act: Client): Client => async (conn, run) => {
    await writeAll(conn, "hello\n");
    await once(conn);
    // Not due to the last piece, which comes after one pause, nor to the end of the connection.
    await new Promise((resolve) => setTimeout(resolve, 550));
    await act(conn, run);
  };
  for (const act of [() => Promise.resolve(), asking("typed")]) {
    const { verdicts } = await checked(clientReply, "1", later(act), { runs: 1, times: { answerMs: 1_000 } });
    assertEquals(verdicts, "1 unknown");
  }
});

Deno.test("a client that takes a long answer by one read is told so", async () => {
  const { verdicts } = await checked(clientReply, "4", async (conn) => {
    await writeAll(conn, "hello\n");
    await once(conn);
    await once(conn);
  });
  assertEquals(verdicts, "4 fail");
});

Deno.test("a character is cut in the encoding that the client speaks", async () => {
  const saying = (bytes: Uint8Array, encoding: string): Client => async (conn) => {
    await writeAll(conn, bytes);
    for (let answer = ""; !answer.endsWith("\n");) {
      const buffer = new Uint8Array(1024);
      const count = await conn.read(buffer);
      if (count === null) return;
      answer += new TextDecoder(encoding, { fatal: true }).decode(buffer.subarray(0, count));
    }
  };
  const gbk = Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3, 0x0a);
  for (const client of [saying(gbk, "gbk"), saying(utf8("你好\n"), "utf-8")]) {
    const { verdicts, findings } = await checked(clientReply, "1 8", client);
    assertEquals(verdicts, "1 ok, 8 fail");
    assertEquals(findings["8"]?.evidence?.steps.filter(({ does }) => does === "send").length, 1);
  }
  const { findings } = await checked(clientReply, "8", saying(gbk, "gbk"));
  const [first] = findings["8"]?.evidence?.steps ?? [];
  assertEquals(first?.does === "send" && [...first.bytes], [0xc4]);
});

Deno.test("what a frame does not allow is not judged", async () => {
  const frame = asFrame("length:u8");
  const say = Uint8Array.of(2, 0x6f, 0x6b);
  const client: Client = async (conn) => {
    await writeAll(conn, say);
    for (let left = 3; left > 0;) {
      const part = await once(conn, left);
      if (part === undefined) return;
      left -= part.length;
    }
  };
  const { verdicts } = await checked(clientReply, "1 4 8", client, { options: { say, form: { frame } } });
  assertEquals(verdicts, "1 ok, 4 unknown, 8 unknown");
});
