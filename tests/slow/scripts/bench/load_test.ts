/**
 * Runs the load generator against faulty servers: it must report an error, because a wrong figure is worse than none.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { build } from "../../../../scripts/bench/build.ts";
import { freePort } from "../../../../scripts/bench/program.ts";
import { Folder } from "../../../fetch/helpers.ts";
import { writeAll } from "../../../support/sockets.ts";
import { linux, needs, tool } from "../../../support/harness.ts";

type Line = Record<string, number | string>;

async function makeLoad(): Promise<Folder> {
  const folder = await Folder.make();
  await build(folder.path);
  return folder;
}

/** Runs a load to its end; returns the line with its figures or its error. */
async function load(folder: Folder, ...words: (string | number)[]): Promise<Line> {
  const { stdout } = await tool(folder.at("load"), words.map(String)).status();
  const lines = stdout.trimEnd().split("\n").map((line): Line => JSON.parse(line));
  return lines.find((line) => "value" in line || "error" in line) ?? {};
}

/** An echo server that changes its answers; it closes the connection if the change returns no answer. */
class Echo implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #work = this.#accept();
  readonly port = this.#listener.addr.port;

  constructor(private readonly change: (bytes: Uint8Array) => Uint8Array | undefined) {}

  async #accept(): Promise<void> {
    const all: Promise<void>[] = [];
    for await (const conn of this.#listener) all.push(this.#echo(conn));
    await Promise.all(all);
  }

  async #echo(conn: Deno.Conn): Promise<void> {
    using _closed = conn;
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; (count = await conn.read(buffer)) !== null;) {
        const answer = this.change(buffer.slice(0, count));
        if (!answer) return;
        await writeAll(conn, answer);
      }
    } catch {
      // The load generator closed the connection.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }
}

const options = needs(["cc"], linux);

Deno.test("load measures a server that echoes", options, async () => {
  await using built = await makeLoad();
  await using echo = new Echo((bytes) => bytes);
  const { value, work, silent } = await load(built, "ping", echo.port, 8, 4, 0.05, 0.2, 64);
  assert(Number(value) > 0 && Number(work) > 0);
  assertEquals(silent, 0);
  for (const [name, ...words] of [["stream", 2, 0.05, 0.2, 65_536], ["churn", 4, 0.05, 0.2, 64], ["idle", 50]]) {
    const figures = await load(built, String(name), echo.port, ...words);
    assert(Number(figures.value) > 0, `${name}: ${JSON.stringify(figures)}`);
  }
});

Deno.test("load refuses servers that lose, change, double or break off", options, async () => {
  await using built = await makeLoad();
  await using changes = new Echo((bytes) => bytes.with(bytes.length - 1, 0));
  await using doubles = new Echo((bytes) => new Uint8Array([...bytes, ...bytes]));
  await using breaks = new Echo(() => undefined);
  // They end with the first mistake: the seconds are for a busy machine.
  const ping = ["ping", changes.port, 1, 1, 0.05, 10, 64] as const;
  assertEquals(await load(built, ...ping), { error: "The echo is not what was sent" });
  const stream = ["stream", doubles.port, 1, 0.05, 10, 1000] as const;
  assertEquals(await load(built, ...stream), { error: "More came back than was sent" });
  for (const words of [["ping", breaks.port, 1, 1, 0.05, 10, 64], ["churn", breaks.port, 1, 0.05, 10, 64]]) {
    assertMatch(String((await load(built, ...words)).error), /^A connection ended: /);
  }
  assertMatch(String((await load(built, "idle", freePort(), 1)).error), /^(Cannot|A connection ended)/);
});

Deno.test("load ws plays with other WebSocket servers, whatever the length takes in a frame", options, async () => {
  await using built = await makeLoad();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
  for (const size of [1, 125, 126, 70_000]) {
    const { value, silent } = await load(built, "ws", server.addr.port, 4, 4, 0.05, 0.1, size);
    assert(Number(value) > 0, `${size} bytes`);
    assertEquals(silent, 0);
  }
});

Deno.test("load ws refuses a failed handshake, and an echo that is still masked", options, async () => {
  await using built = await makeLoad();
  const answering = (head: string) =>
    new Echo((bytes) => bytes[0] === 0x47 ? new TextEncoder().encode(`HTTP/1.1 ${head}\r\n\r\n`) : bytes);
  await using refuses = answering("400 Bad Request");
  await using masks = answering("101 Switching Protocols");
  const error = async ({ port }: Echo) => (await load(built, "ws", port, 1, 1, 0.05, 0.1, 64)).error;
  assertEquals(await error(refuses), "The handshake was refused");
  assertEquals(await error(masks), "The echo is not what was sent");
});

Deno.test("load chat counts only lines that everybody else should get", options, async () => {
  await using built = await makeLoad();
  await using toSelf = new Echo((bytes) => bytes);
  const { error } = await load(built, "chat", toSelf.port, 2, 1, 5, 64, 2);
  assertEquals(error, "A client got 5 lines, 0 were due");
  await using silent = new Echo(() => new Uint8Array());
  assertEquals((await load(built, "chat", silent.port, 3, 1, 5, 64, 9)).error, "10 of 10 lines were lost");
});
