import { assertEquals, assertRejects } from "@std/assert";
import type { Conversation, ConversationRecorder, Recorder } from "../../lib/capture/recorder.ts";
import type { Dir } from "../../lib/events.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { recordChannel, recordListener } from "../../lib/transport/recorded.ts";
import { turn } from "../support/clock.ts";
import { textOf, utf8 } from "../support/sockets.ts";

/** A recorder that keeps what it is told as lines, with the number of the conversation before them. */
class Lines implements Recorder {
  readonly lines: string[] = [];
  #count = 0;

  open({ client, server, comment, connectionless }: Conversation): ConversationRecorder {
    const number = ++this.#count;
    const ended = new Set<Dir>();
    const add = (text: string) => void this.lines.push(`${number} ${text}`);
    const ends = [client, server].map((end) => end ? `${end.hostname} ${end.port}` : "?").join(" > ");
    add(`open ${ends}${connectionless ? " datagrams" : ""}${comment === undefined ? "" : ` (${comment})`}`);
    return {
      data: (dir, bytes) => add(`${dir} ${textOf(bytes)}`),
      end: (dir, how) => {
        if (ended.has(dir)) return;
        add(`${dir} ${how}`);
        for (const one of how === "reset" ? ["up", "down"] as const : [dir]) ended.add(one);
      },
      comment: (text) => add(`comment ${text}`),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A channel that does as it is told. */
function fake(own: Partial<Channel> = {}): Channel {
  return {
    transport: "tcp",
    host: "192.168.1.20",
    peer: "192.168.1.20:9000",
    local: { hostname: "192.168.1.5", port: 50_000 },
    read: () => Promise.resolve(null),
    write: (bytes) => Promise.resolve(bytes.length),
    closeWrite: () => Promise.resolve(),
    close: () => {},
    ...own,
  };
}

const OPEN = "1 open 192.168.1.5 50000 > 192.168.1.20 9000";

/** Reads that give these texts, then null, or throw an error. */
function reads(...all: (string | Error)[]): Channel["read"] {
  return (buffer) => {
    const next = all.shift();
    if (next instanceof Error) return Promise.reject(next);
    if (next !== undefined) buffer.set(utf8(next));
    return Promise.resolve(next === undefined ? null : next.length);
  };
}

/** Reads to the end, and gives what a failure says. */
async function readAll(channel: Channel): Promise<string | undefined> {
  try {
    while (await channel.read(new Uint8Array(100)) !== null);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function systemError(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

Deno.test("a client's channel is recorded as its owner reads, writes and ends it", async () => {
  const recorder = new Lines();
  const channel = recordChannel(fake({ read: reads("answer"), write: () => Promise.resolve(3) }), recorder);
  assertEquals(await channel.write(utf8("question")), 3);
  await channel.closeWrite();
  await readAll(channel);
  channel.close();
  channel.close();
  assertEquals(recorder.lines, [OPEN, "1 up que", "1 up fin", "1 down answer", "1 down fin"]);
});

Deno.test("an answer that is read before its question is known to be written stands behind it", async () => {
  const recorder = new Lines();
  const written = Promise.withResolvers<number>();
  const channel = recordChannel(fake({ read: reads("answer"), write: () => written.promise }), recorder);
  const writing = channel.write(utf8("question"));
  const reading = channel.read(new Uint8Array(10));
  queueMicrotask(() => written.resolve(8));
  await Promise.all([writing, reading]);
  assertEquals(recorder.lines, [OPEN, "1 up question", "1 down answer"]);
});

Deno.test("a write that takes long holds up one read, and no more", async () => {
  const recorder = new Lines();
  const written = Promise.withResolvers<number>();
  const channel = recordChannel(fake({ read: reads("one", "two"), write: () => written.promise }), recorder);
  const writing = channel.write(utf8("x"));
  for (let i = 0; i < 2; i++) await channel.read(new Uint8Array(10));
  written.resolve(1);
  await writing;
  assertEquals(recorder.lines, [OPEN, "1 down one", "1 down two", "1 up x"]);
});

Deno.test("what a peer sent before its reset is recorded before it, also where a write notices it first", async () => {
  const recorder = new Lines();
  const gone = systemError("Broken pipe", "EPIPE");
  const channel = recordChannel(fake({ read: reads("why", gone), write: () => Promise.reject(gone) }), recorder);
  await assertRejects(() => channel.write(utf8("x")));
  await readAll(channel);
  channel.close();
  assertEquals(recorder.lines, [OPEN, "1 down why", "1 down reset"]);
});

/** What a read throws, and what the recording says of it. */
const FAILURES: readonly (readonly [Error, string[]])[] = [
  [systemError("Connection reset", "ECONNRESET"), ["1 down reset"]],
  [systemError("timed out", "ETIMEDOUT"), [
    "1 comment no answer from the peer's network",
    "1 up fin",
  ]],
  [systemError("peer closed connection without sending TLS close_notify"), [
    "1 comment gone without the end that TLS asks for",
    "1 down fin",
    "1 up fin",
  ]],
];

for (const [error, lines] of FAILURES) {
  Deno.test(`a read that fails is recorded: ${error.message}`, async () => {
    const recorder = new Lines();
    const channel = recordChannel(fake({ read: reads(error) }), recorder);
    assertEquals(await readAll(channel), error.message);
    channel.close();
    assertEquals(recorder.lines, [OPEN, ...lines]);
  });
}

Deno.test("a read that our own close ends says nothing of the peer", async () => {
  const recorder = new Lines();
  const over = Promise.withResolvers<null>();
  const close = () => over.reject(systemError("reset", "ECONNRESET"));
  const channel = recordChannel(fake({ read: () => over.promise, close }), recorder);
  const reading = readAll(channel);
  channel.close();
  await reading;
  assertEquals(recorder.lines, [OPEN, "1 up fin"]);
});

Deno.test("a reset of ours is recorded as one, and there is one where the channel has one", () => {
  const recorder = new Lines();
  let resets = 0;
  const channel = recordChannel(fake({ reset: () => void resets++ }), recorder);
  channel.reset?.();
  channel.close();
  assertEquals([recorder.lines, resets], [[OPEN, "1 up reset"], 1]);
  assertEquals(recordChannel(fake(), recorder).reset, undefined);
});

Deno.test("a datagram of another sender stands in a conversation with it", async () => {
  const recorder = new Lines();
  let from = "127.0.0.1:9000";
  const inner = fake({
    transport: "udp",
    peer: from,
    local: { hostname: "0.0.0.0", port: 50_000 },
    read: reads("one", "other"),
  });
  Object.defineProperty(inner, "from", { get: () => from });
  const channel = recordChannel(inner, recorder);
  await channel.read(new Uint8Array(10));
  from = "[fe80::1%eth0]:7";
  await channel.read(new Uint8Array(10));
  assertEquals([channel.from, ...recorder.lines], [
    from,
    "1 open 127.0.0.1 50000 > 127.0.0.1 9000 datagrams",
    "1 down one",
    "2 open 0.0.0.0 50000 > fe80::1%eth0 7 datagrams",
    "2 down other",
  ]);
});

/** A listener that gives one channel. */
function listenerOf(channel: Channel) {
  const address = { transport: "tcp", host: "::", port: 9000 } as const;
  return { address, accept: () => Promise.resolve(channel), close: () => {} };
}

Deno.test("a server's conversation begins with the handshake, which tells what it is; without one there is none", async () => {
  const recorder = new Lines();
  const secured = fake({
    transport: "wss",
    peer: "[::1]:50000",
    local: { hostname: "::ffff:127.0.0.1", port: 9000 },
    subprotocol: "talk",
    hello: { serverName: "example.com" },
    certificate: { name: "ann", fingerprint: "" },
    receive: () => Promise.resolve(null),
    writeMessages: () => Promise.resolve(),
  });
  const channel = await recordListener(listenerOf({ ...secured, handshake: () => turn() }), recorder).accept();
  assertEquals(recorder.lines, []);
  await channel.handshake?.();
  await channel.writeMessages?.([[utf8("a"), utf8("b")], [utf8("c")]]);
  await channel.receive?.();
  const comment = "WebSocket, subprotocol talk, TLS for example.com, client certificate ann";
  const lines = [`1 open ::1 50000 > 127.0.0.1 9000 (${comment})`, "1 down a", "1 down b", "1 down c", "1 up fin"];
  assertEquals(recorder.lines, lines);
  const refused = { ...secured, handshake: () => Promise.resolve(false) };
  const other = await recordListener(listenerOf(refused), recorder).accept();
  await other.handshake?.();
  other.close();
  assertEquals(recorder.lines, lines);
});

Deno.test("a server's end is that of its channel, else that of its listener, or where it relays to", async () => {
  const recorder = new Lines();
  const { local: _, ...bare } = fake();
  for (
    const [channel, options] of [[fake(), {}], [bare, {}], [fake(), { server: { hostname: "::1", port: 7 } }]] as const
  ) {
    await recordListener(listenerOf(channel), recorder, options).accept();
  }
  await recordListener(listenerOf(fake({ transport: "unix", peer: "unix:/tmp/s:1" })), recorder).accept();
  assertEquals(recorder.lines, [
    "1 open 192.168.1.20 9000 > 192.168.1.5 50000",
    "2 open 192.168.1.20 9000 > :: 9000",
    "3 open 192.168.1.20 9000 > ::1 7",
    "4 open ? > ? (Unix socket /tmp/s:1)",
  ]);
});

Deno.test("a file that is behind holds up the next read and the next write", async () => {
  const recorder = new Lines();
  const behind = Promise.withResolvers<void>();
  const open = recorder.open.bind(recorder);
  recorder.open = (conversation) => ({ ...open(conversation), data: () => behind.promise });
  const channel = recordChannel(fake({ read: reads("x") }), recorder);
  let done = 0;
  const both = [channel.read(new Uint8Array(1)), channel.write(utf8("y"))].map((work) => work.then(() => done++));
  await turn();
  assertEquals(done, 0);
  behind.resolve();
  await Promise.all(both);
});
