/** One port for browsers and everybody else: who is who, and that nothing is lost, delayed or let in by the wrong door. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { AccessList } from "../../../lib/server/access.ts";
import { parseCidr } from "../../../lib/server/access.ts";
import { bytesOf, connect, read, textOf, writeAll } from "../../support/net.ts";
import { request } from "../../conformance/web_sockets.ts";
import { Chatter } from "../../support/chatter.ts";
import { is, TestPage, TestRoom } from "./room.ts";

/** All that a server answers to some bytes, until it has no more to say. */
async function exchange(port: number, text: string): Promise<string> {
  using conn = await connect(port);
  await writeAll(conn, bytesOf(text));
  return textOf(await read(conn).catch(() => new Uint8Array()));
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

Deno.test("who speaks is not kept waiting, who is silent is let in after a moment", async () => {
  await using room = await TestRoom.open();
  const times: number[] = [];
  for (const says of ["/nick Ann\n", ""]) {
    const start = performance.now();
    using conn = await connect(room.port);
    await writeAll(conn, bytesOf(says));
    assertStringIncludes(textOf(await read(conn, 20)), "*** You are user");
    times.push(performance.now() - start);
  }
  assertLess(times[0] ?? Infinity, 200);
  assert((times[1] ?? 0) >= 290, `${times[1]} ms`);
});

Deno.test("a text client that begins like a browser loses nothing", async () => {
  await using room = await TestRoom.open();
  await using witness = await Chatter.join(room.port);
  using conn = await connect(room.port);
  await writeAll(conn, bytesOf("GET"));
  await witness.hears(/joined$/);
  await writeAll(conn, bytesOf(" me a coffee\n"));
  await witness.hears(/> GET me a coffee$/);
  using other = await connect(room.port);
  await writeAll(other, bytesOf("GET lost\nPOST it\n"));
  await witness.hears(/> GET lost$/);
  await witness.hears(/> POST it$/);
});

Deno.test("a browser that is too late is sent away by the chat as ever", async () => {
  await using room = await TestRoom.open();
  using conn = await connect(room.port);
  await read(conn, 30);
  await writeAll(conn, bytesOf(GET));
  assertStringIncludes(textOf(await read(conn)), "*** This is a chat, not a web server\r\n");
});

Deno.test("a visit is no member of the room, however it goes", async () => {
  await using room = await TestRoom.open();
  assertMatch(await exchange(room.port, GET), /^HTTP\/1\.1 200 OK\r\n[^]*<!doctype html>/);
  assertMatch(await exchange(room.port, GET.replace("localhost", "evil.example")), /^HTTP\/1\.1 421 /);
  const refused = await exchange(room.port, request({ Origin: "http://evil.example", Connection: "upgrade, close" }));
  assertMatch(refused, /^HTTP\/1\.1 403 /);
  assertMatch(
    await exchange(room.port, "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n"),
    /^HTTP\/1\.1 4/,
  );
  assertMatch(
    await exchange(
      room.port,
      "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\nevil\n",
    ),
    /^HTTP\/1\.1 405 /,
  );
  assertMatch(await exchange(room.port, "GET / HTTP/1.1\r\nbroken\r\n\r\n"), /^HTTP\/1\.1 400 /);
  assertEquals(room.recorder.events, []);
});

Deno.test("several requests come over one connection", async () => {
  await using room = await TestRoom.open();
  const keep = GET.replace("Connection: close\r\n", "");
  const answers = await exchange(room.port, keep + keep.replace("/ ", "/page.js ") + GET.replace("/ ", "/nothing "));
  assertEquals(answers.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 404"]);
});

Deno.test("a visit that has nothing more to ask is over soon", async () => {
  await using room = await TestRoom.open({ limits: { maxPerHost: 1 } });
  const start = performance.now();
  const answer = await exchange(room.port, GET.replace("Connection: close\r\n", ""));
  assertMatch(answer, /^HTTP\/1\.1 200 OK/);
  assertLess(performance.now() - start, 8_000);
  await using page = await TestPage.join(room.port);
  await page.has(is("you"));
});

Deno.test("limits count browsers by their own address, and tell them in their own words", async () => {
  await using room = await TestRoom.open({ limits: { maxPerHost: 1 } });
  await using page = await TestPage.join(room.port);
  assertMatch(
    await exchange(room.port, GET),
    /^HTTP\/1\.1 503 [^]*\r\n\r\nsockeye: too many connections from 127\.0\.0\.1/,
  );
  assertMatch(await exchange(room.port, "hello\n"), /^sockeye: too many connections from 127\.0\.0\.1/);
  assertMatch(room.recorder.of("open")[0]?.peer ?? "", /^127\.0\.0\.1:\d+$/);
  assertEquals(room.recorder.of("open")[0]?.transport, "ws");
  await page.has(is("you"));
});

Deno.test("who may not connect sees no page either", async () => {
  const access = await AccessList.make([], [parseCidr("127.0.0.0/8")]);
  await using room = await TestRoom.open({ limits: { access } });
  assertEquals(await exchange(room.port, GET), "");
  assertMatch((await room.recorder.until("notice")).message, /^127\.0\.0\.1:\d+ may not connect$/);
});

Deno.test("the way into the inner server is ours alone", async () => {
  const { serve } = Deno;
  let inner = 0;
  Object.assign(Deno, {
    serve: (options: Deno.ServeTcpOptions & Deno.ServeInit<Deno.NetAddr>) => {
      const server = serve(options);
      inner = server.addr.port;
      return server;
    },
  });
  try {
    await using room = await TestRoom.open();
    assert(inner > 0 && inner !== room.port);
    for (const text of [GET, request({ Connection: "upgrade, close" })]) {
      assertMatch(await exchange(inner, text), /^HTTP\/1\.1 403 [^]*Not this way/);
    }
    await using _page = await TestPage.join(room.port);
    assertMatch(await exchange(inner, GET), /^HTTP\/1\.1 403 /);
  } finally {
    Object.assign(Deno, { serve });
  }
});

Deno.test("whoever comes to the next inner server from the port of a visitor of the last is a stranger", async () => {
  const { serve } = Deno;
  const fails: (() => void)[] = [];
  const handlers: Deno.ServeHandler<Deno.NetAddr>[] = [];
  const second = Promise.withResolvers<void>();
  let visitor: Deno.NetAddr | undefined;
  Object.assign(Deno, {
    serve: (options: Deno.ServeTcpOptions & Deno.ServeInit<Deno.NetAddr>) => {
      const { handler } = options;
      const server = serve({
        ...options,
        handler: (request, info) => {
          visitor ??= info.remoteAddr;
          return handler(request, info);
        },
      });
      const failed = Promise.withResolvers<void>();
      if (handlers.push(handler) === 2) second.resolve();
      fails.push(failed.reject);
      const finished = Promise.race([server.finished, failed.promise]);
      return { addr: server.addr, finished, shutdown: () => server.shutdown() };
    },
  });
  try {
    await using room = await TestRoom.open();
    await using page = await TestPage.join(room.port);
    fails[0]?.();
    await second.promise;
    const look = async (handler = handlers[0]) => {
      const info = { remoteAddr: visitor as Deno.NetAddr, completed: Promise.resolve() };
      const answer = await handler?.(new Request("http://localhost/", { headers: { host: "localhost" } }), info);
      await answer?.body?.cancel();
      return answer?.status;
    };
    assertEquals([await look(handlers[0]), await look(handlers[1])], [200, 403]);
    page.send({ say: "still here", id: 1 });
    await page.hears(is("ack"));
  } finally {
    Object.assign(Deno, { serve });
  }
});

Deno.test("a page that does not read is dropped with a notice, and keeps nobody waiting", async () => {
  await using room = await TestRoom.open({ onTraffic: undefined });
  await using reader = await Chatter.join(room.port, (line) => /dropped|that was all/.test(line));
  await using writer = await Chatter.join(room.port, () => false);
  using deaf = await connect(room.port);
  await writeAll(deaf, bytesOf(request()));
  await read(deaf, 12);
  const join = bytesOf('{"join":{}}');
  await writeAll(deaf, Uint8Array.of(0x81, 0x80 | join.length, 0, 0, 0, 0, ...join));
  await room.recorder.until("open", ({ transport }) => transport === "ws");
  const line = `${"x".repeat(60_000)}\n`;
  while (!reader.heard.some((one) => /dropped: it does not read$/.test(one))) await writer.write(line);
  await writer.say("that was all");
  await reader.hears(/that was all$/);
  const { reason } = await room.recorder.until("close", ({ transport }) => transport === "ws");
  assertEquals(reason, "does not read what it is sent");
});
