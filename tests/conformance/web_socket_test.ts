/** What holds over WebSockets, seen by clients that are not ours: those of the platform, and frames made by hand. */

import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { Mode } from "../../lib/server/mode.ts";
import { OUTBOX_LIMIT } from "../../lib/server/limits.ts";
import { formatAddress, parseAddress } from "../../lib/transport/address.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen } from "../../lib/transport/mod.ts";
import { bytesOf, connect, portOf, readAll, run, textOf } from "../support/net.ts";
import { type Client, echoes, echoesOf, hears, hearsNoMore, type MessageClient } from "./clients.ts";
import { ECHO, keeping, pattern, same, Stage, testOver, testOverEach } from "./stage.ts";
import { IN_THE_CLEAR, type TransportCase, WEB_SOCKETS } from "./transports.ts";
import { MessageTalker, OPCODES } from "./web_sockets.ts";

/** Those on a port of their own. */
const ALONE = WEB_SOCKETS.filter(({ title }) => title === undefined);

/** The same, in the clear: what is no WebSocket gets the answers of HTTP. */
const ALONE_IN_THE_CLEAR = ALONE.filter(({ name }) => name === "ws");

/** A client whose frames the test makes. */
async function talker(stage: Stage<MessageClient>): Promise<MessageTalker> {
  const client: Client = await stage.connect();
  assert(client instanceof MessageTalker);
  return client;
}

testOverEach(WEB_SOCKETS, "an echo keeps text and binary as they came", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  const client = await talker(stage);
  for (const message of ["text", bytesOf("bytes"), "", Uint8Array.of(255)]) {
    await client.say(message);
    const isText = typeof message === "string";
    assertEquals([textOf(await client.hear()), client.heardText], [isText ? message : textOf(message), isText]);
  }
});

testOverEach(WEB_SOCKETS, "pings are answered, and are no messages", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  const client = await talker(stage);
  await client.send(OPCODES.ping, bytesOf("are you there?"));
  await echoes(client);
  assertEquals(stage.recorder.of("recv").length, 1);
});

testOverEach(
  WEB_SOCKETS,
  "a client that breaks the protocol is told so by its close code, and is gone alone",
  async (transport) => {
    await using stage = await Stage.open(transport, ECHO);
    const other = await talker(stage);
    const tooLong = new Uint8Array(OUTBOX_LIMIT + 1);
    const option = transport.title ? "" : " (--frame-max)"; // The limit of a page has no option.
    const faults = [
      [3, bytesOf("x"), 1002, "Bad WebSocket frame: the opcode 3 is reserved"],
      [OPCODES.text, Uint8Array.of(0xff), 1007, "Bad WebSocket frame: a text is not UTF-8"],
      [OPCODES.binary, tooLong, 1009, `Message too long: more than 1 MiB${option}`],
    ] as const;
    for (const [opcode, payload, code, reason] of faults) {
      const client = await talker(stage);
      await echoes(client);
      void client.send(opcode, payload).catch(() => {});
      assertEquals(await client.messages(), []);
      assertEquals([client.closeCode, client.closeReason], [code, reason]);
      client.close();
      await stage.recorder.until("close", (event) => event.reason === reason);
      await echoes(other);
    }
  },
);

testOverEach(
  WEB_SOCKETS,
  "a server that ends a client sends 1000 or the code and reason of its mode, and waits for its answer",
  async (transport) => {
    for (const [code, reason] of [[undefined, undefined], [1001, "elsewhere"]] as const) {
      const mode: Mode = { data: (peer, bytes) => peer.send(bytes).then(() => void peer.end(code, reason)) };
      await using stage = await Stage.open(transport, mode);
      const client = await talker(stage);
      await echoesOf(client, "bye");
      await hearsNoMore(client);
      assertEquals([client.closeCode, client.closeReason], [code ?? 1000, reason ?? ""]);
      assertEquals((await stage.recorder.until("close")).reason, reason ?? "closed");
    }
  },
);

testOverEach(WEB_SOCKETS, "a slow reader slows nobody else, and gets everything in the end", async (transport) => {
  const bytes = pattern(OUTBOX_LIMIT);
  const { mode, peers } = keeping({
    data: async (peer, asked) => {
      if (textOf(asked) === "pour") { for (let i = 0; i < 8; i++) await peer.send(bytes); }
      else await peer.send(asked);
    },
  });
  await using stage = await Stage.open(transport, mode, { onTraffic: undefined });
  const [slow, other] = [await stage.connect(), await stage.connect()];
  await slow.say("pour");
  for (let i = 0; i < 20; i++) await echoes(other);
  assertEquals(peers.length, 2);
  for (let i = 0; i < 8; i++) assert(same(await slow.hear(bytes.length), bytes));
});

testOverEach(ALONE, "--max-connections turns a client away politely", async (transport) => {
  await using stage = await Stage.open(transport, ECHO, { limits: { maxConnections: 1 } });
  await echoes(await stage.connect());
  const second = await stage.connect();
  await hears(second, "sockeye: too many connections (limit 1)\n");
  await hearsNoMore(second);
});

/** A WebSocket of the platform, once it is open. */
async function platformSocket(stage: Stage<MessageClient>): Promise<WebSocket> {
  const socket = new WebSocket(formatAddress(stage.place.address));
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => [socket.onopen, socket.onerror] = [resolve, reject]);
  return socket;
}

function closeSocket(socket: WebSocket, code?: number, reason?: string): Promise<CloseEvent> {
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  socket.close(code, reason);
  return closed;
}

testOverEach(IN_THE_CLEAR, "the platform's own client is served", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  const socket = await platformSocket(stage);
  const heard = async (message: string | Uint8Array<ArrayBuffer>) => {
    const coming = new Promise<MessageEvent>((resolve) => socket.onmessage = resolve);
    socket.send(message);
    return (await coming).data;
  };
  assertEquals(await heard("héllo"), "héllo");
  assertEquals(new Uint8Array(await heard(Uint8Array.of(1, 255))), Uint8Array.of(1, 255));
  const long = "x".repeat(1 << 20);
  assert(await heard(long) === long);
  const { code, wasClean } = await closeSocket(socket, 1000, "done");
  assertEquals([code, wasClean], [1000, true]);
  assertEquals((await stage.recorder.until("close")).reason, "closed by the peer");
});

testOverEach(IN_THE_CLEAR, "a client's close code that means a failure is the reason of its end", async (transport) => {
  await using stage = await Stage.open(transport, ECHO);
  const { code, wasClean } = await closeSocket(await platformSocket(stage), 4000, "out of order");
  assertEquals([code, wasClean], [4000, true]);
  const { reason } = await stage.recorder.until("close");
  assertEquals(reason, "closed by the peer with code 4000: out of order");
});

testOverEach(WEB_SOCKETS, "what is posted together arrives as the messages that it was", async (transport) => {
  const group = [bytesOf("one"), new Uint8Array(), bytesOf("é"), Uint8Array.of(0xff)];
  const { mode, peers } = keeping({
    data: () => peers.forEach((peer) => (peer.post(group), peer.post([bytesOf("last")]))),
  });
  await using stage = await Stage.open(transport, mode);
  const clients = [await talker(stage), await talker(stage), await talker(stage)];
  await stage.recorder.until("open", ({ id }) => id === 3);
  await clients[0]?.say("go");
  for (const client of clients) {
    const heard: [string, boolean | undefined][] = [];
    for (let i = 0; i < 5; i++) heard.push([(await client.hear()).toHex(), client.heardText]);
    assertEquals(heard, [["6f6e65", true], ["", true], ["c3a9", true], ["ff", false], ["6c617374", true]]);
  }
});

/** Asks a server by HTTP; it tells the refusal, and of no peer. */
async function ask(transport: TransportCase<MessageClient>, init: RequestInit): Promise<[number, string]> {
  await using stage = await Stage.open(transport, ECHO);
  const response = await fetch(`http://127.0.0.1:${portOf(stage.place.listener)}/`, init);
  const text = await response.text();
  assertStringIncludes(response.headers.get("connection") ?? "", "close");
  await stage.stop();
  const [refusal] = stage.recorder.of("notice");
  const about = new RegExp(`^127\\.0\\.0\\.1:\\d+ turned away: ${RegExp.escape(text.trimEnd())}$`);
  assertMatch(refusal?.message ?? "", about);
  assertEquals(stage.recorder.names(), ["notice"]);
  return [response.status, text];
}

for (const transport of ALONE_IN_THE_CLEAR) {
  testOver(transport, "ws: what is no request for a WebSocket gets an answer, and is no peer", async () => {
    assertEquals(await ask(transport, {}), [426, "this is a WebSocket server\n"]);
    assertEquals(await ask(transport, { method: "POST", body: "x" }), [405, "a WebSocket is asked for with GET\n"]);
  });

  testOver(transport, "ws: what is no HTTP gets an answer, a silent client keeps nobody waiting", async () => {
    await using stage = await Stage.open(transport, ECHO);
    using _silent = await connect(portOf(stage.place.listener));
    using rude = await connect(portOf(stage.place.listener));
    await rude.write(bytesOf("\x16\x03\x01\r\n\r\n"));
    const status = "HTTP/1.1 400 Bad Request\r\n";
    assertEquals(textOf(await readAll(rude, status.length)), status);
    await echoes(await stage.connect());
    assertEquals(stage.recorder.of("open").length, 1);
  });
}

Deno.test("ws: a path is the only one that is served, and is asked for", async () => {
  const listener = await listen(parseAddress("ws://127.0.0.1:0/chat"));
  await using server = run(listener, ECHO);
  const place = `ws://127.0.0.1:${portOf(listener)}`;
  assertEquals(formatAddress(listener.address), `${place}/chat`);
  const channel = await dial(parseAddress(`${place}/chat?room=1`));
  await channel.write(bytesOf("hello"));
  assertEquals(textOf(await channel.receive?.() ?? new Uint8Array()), "hello");
  channel.close();
  await server.recorder.until("close");
  const error = await assertRejects(() => dial(parseAddress(place)));
  assertStringIncludes(String(error), "The server refuses the WebSocket: 404 Not Found");
  const { message, detail } = await server.recorder.until("notice");
  assertMatch(message, /^127\.0\.0\.1:\d+ turned away: nothing is here$/);
  assertEquals(detail, undefined);
});

Deno.test("ws: a client that gives up in the handshake leaves nothing behind", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dialling = dial({ transport: "ws", host: "127.0.0.1", port: silent.addr.port }, { timeout: 50 });
  const conn = await silent.accept();
  await assertRejects(() => dialling, Error, "no answer in 0.05 s (connect timeout)");
  conn.close();
  silent.close();
});
