import { assertEquals, assertMatch } from "@std/assert";
import { clientEcho } from "../../../lib/check/suites/client_echo.ts";
import { writeAll } from "../../support/sockets.ts";
import { asking, checked, type Client, linesOf, once, toEnd } from "../clients.ts";

/** Says a line and takes what one read brings for the answer. */
const readsOnce: Client = async (conn) => {
  await writeAll(conn, "hello\n");
  await once(conn);
};

Deno.test("a client that asks once and reads a whole line is right, and some things it does not show", async () => {
  const { verdicts, findings } = await checked(clientEcho, "1 2 3 4 5 6 8", asking("hello"));
  assertEquals(verdicts, "1 ok, 2 ok, 3 unknown, 4 unknown, 5 ok, 6 ok, 8 unknown");
  assertMatch(findings["3"]?.reason?.en ?? "", /asks once/);
  assertMatch(findings["4"]?.reason?.en ?? "", /6 bytes/);
  assertMatch(findings["8"]?.reason?.en ?? "", /ASCII/);
});

Deno.test("a client that asks several times and keeps what it read too much is right", async () => {
  const { verdicts } = await checked(clientEcho, "1 2 3 5 8", asking("你好", "second", "third"));
  assertEquals(verdicts, "1 ok, 2 ok, 3 ok, 5 ok, 8 ok");
});

Deno.test("a client that reads once and closes took a piece for the whole", async () => {
  const { verdicts, findings } = await checked(clientEcho, "1 2 5 8", readsOnce);
  assertEquals(verdicts, "1 fail, 2 unknown, 5 ok, 8 unknown");
  const { reason, evidence } = findings["1"] ?? {};
  assertMatch(reason?.en ?? "", /closed the connection when 3 of 6 bytes/);
  assertMatch(reason?.zh ?? "", /只收到 3 字节/);
  assertEquals(new TextDecoder().decode(evidence?.received), "hello\n");
  assertMatch(findings["2"]?.reason?.en ?? "", /client\/echo\/1/);
});

Deno.test("a client that reads once and goes on took a piece for the whole", async () => {
  const { verdicts, findings } = await checked(clientEcho, "1", async (conn) => {
    for (const word of ["first\n", "second\n", "third\n"]) {
      await writeAll(conn, word);
      if (await once(conn) === undefined) return;
    }
  });
  assertEquals(verdicts, "1 fail");
  assertMatch(findings["1"]?.reason?.en ?? "", /next message when 3 of 6 bytes/);
});

Deno.test("a client that ends its direction first is judged by the bytes that it refuses", async () => {
  const right: Client = async (conn) => {
    await writeAll(conn, "hello\n");
    await conn.closeWrite();
    await toEnd(conn);
  };
  const wrong: Client = async (conn) => {
    await writeAll(conn, "hello\n");
    await conn.closeWrite();
    await once(conn);
  };
  assertEquals((await checked(clientEcho, "1 2 5", right)).verdicts, "1 ok, 2 ok, 5 unknown");
  assertEquals((await checked(clientEcho, "1", wrong)).verdicts, "1 fail");
});

Deno.test("a client that takes two echoes for one is told so, and only then", async () => {
  const { verdicts, findings } = await checked(clientEcho, "1 3 5", async (conn) => {
    for (const word of ["first\n", "second\n", "third\n"]) {
      await writeAll(conn, word);
      for (let answer = ""; !answer.endsWith("\n");) {
        const part = await once(conn);
        if (part === undefined) return;
        answer += part;
      }
    }
  });
  assertEquals(verdicts, "1 ok, 3 fail, 5 ok");
  assertMatch(findings["3"]?.reason?.zh ?? "", /粘包/);
});

Deno.test("a message of 64 KiB must be read in a loop", async () => {
  const long = `${"x".repeat(65536)}\n`;
  assertEquals((await checked(clientEcho, "1 4", asking(long.trim()))).verdicts, "1 ok, 4 ok");
  const { verdicts } = await checked(clientEcho, "4", async (conn) => {
    await writeAll(conn, long);
    await once(conn, 4096);
  });
  assertEquals(verdicts, "4 fail");
});

Deno.test("a client that does not notice the end of the connection is told so", async () => {
  const over = Promise.withResolvers<void>();
  const check = checked(clientEcho, "5", async (conn) => {
    const next = linesOf(conn);
    await writeAll(conn, "hello\n");
    await next();
    await over.promise;
  }, { runs: 1, times: { answerMs: 100 } });
  // The check gives up its connection, not the client.
  setTimeout(over.resolve, 800);
  const { verdicts, findings } = await check;
  assertEquals(verdicts, "5 fail");
  assertMatch(findings["5"]?.reason?.en ?? "", /loops on empty reads/);
});

Deno.test("a client that decodes a piece of a character and gives up is told so", async () => {
  const { verdicts } = await checked(clientEcho, "1 8", async (conn) => {
    await writeAll(conn, "你好你好\n");
    for (let answer = ""; !answer.endsWith("\n");) {
      const buffer = new Uint8Array(1024);
      const count = await conn.read(buffer);
      if (count === null) return;
      answer += new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, count));
    }
  });
  assertEquals(verdicts, "1 ok, 8 fail");
});

Deno.test("a client that waits for a greeting gets one, at once the second time", async () => {
  const { verdicts } = await checked(clientEcho, "1 2 5", async (conn) => {
    const next = linesOf(conn);
    if (await next() === undefined) return;
    for (const name of ["Michael\n", "Tracy\n", "Sarah\n"]) {
      await writeAll(conn, name);
      if (await next() === undefined) return;
    }
    await writeAll(conn, "exit");
  });
  assertEquals(verdicts, "1 ok, 2 ok, 5 ok");
});

Deno.test("a client that waits for nothing cannot be judged", async () => {
  const leaves: Client = async (conn) => void await writeAll(conn, "hello\n");
  assertMatch((await checked(clientEcho, "1", leaves)).findings["1"]?.reason?.en ?? "", /does not wait for one/);
  const says: Client = async (conn) => {
    while (true) {
      await writeAll(conn, "tick\n");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  assertMatch((await checked(clientEcho, "1", says)).findings["1"]?.reason?.en ?? "", /without waiting/);
});

Deno.test("a client that floods, or drips, is left after a while", async () => {
  const flood: Client = async (conn) => {
    while (true) await conn.write(new Uint8Array(65536));
  };
  const drip: Client = async (conn) => {
    while (true) {
      await conn.write(new Uint8Array(1));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  for (const client of [flood, drip]) {
    const { findings } = await checked(clientEcho, "1", client, { times: { answerMs: 100, quietMs: 300 } });
    assertMatch(findings["1"]?.reason?.en ?? "", /without a pause/);
  }
});

Deno.test("a client with a timeout gives up on a silent server; another one is left unjudged", async () => {
  const times = { answerMs: 60 };
  const patient = await checked(clientEcho, "7", asking("hello"), { times });
  assertEquals(patient.verdicts, "7 unknown");
  const limited: Client = async (conn) => {
    await writeAll(conn, "hello\n");
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  assertEquals((await checked(clientEcho, "7", limited, { times })).verdicts, "7 ok");
});

Deno.test("a reset shows nothing of a client that does not come again", async () => {
  const { verdicts, findings } = await checked(clientEcho, "6", asking("hello"), { runs: 1 });
  assertEquals(verdicts, "6 unknown");
  assertMatch(findings["6"]?.reason?.en ?? "", /in a loop/);
});
