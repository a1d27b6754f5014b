/** Clients that judge a server from outside: they are made of the platform's own sockets, not of `lib/transport`. */

import { assertEquals } from "@std/assert";
import { concat, readChunks, writeAll } from "../../lib/bytes.ts";
import { bytesOf, textOf } from "../support/net.ts";

/** One who talks to a server, however that is done. */
export interface Client extends Disposable {
  /** What the server calls it; empty where that cannot be known from here. */
  readonly name: string;
  /** Sends all of it: as one datagram where borders are kept. */
  say(what: string | Uint8Array): Promise<void>;
  /** What comes next: so many bytes of a stream, or one datagram, however long it is. */
  hear(count: number): Promise<Uint8Array>;
  /** Is gone, without a word where there is a word for it. May be called again. */
  close(): void;
}

/** A client with a connection, which it can end in one direction. */
export interface ConnectedClient extends Client {
  finish(): Promise<void>;
}

/** A client that sends and hears messages over a connection. */
export interface MessageClient extends ConnectedClient {
  /** All messages that come until the server ends the connection. */
  messages(): Promise<Uint8Array[]>;
}

export interface StreamClient extends ConnectedClient {
  /** All that comes until the server sends no more. */
  rest(): Promise<Uint8Array>;
}

export interface DatagramClient extends Client {
  /** All datagrams that have come and were not heard yet. */
  heardByNow(): Promise<Uint8Array[]>;
}

/** What a stream is made of: a connection of the platform, or a channel of `lib/transport`. */
export type Stream = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/** Asserts what comes next: each message by itself where borders are kept. */
export async function hears(client: Client, ...messages: string[]): Promise<void> {
  for (const message of messages) assertEquals(textOf(await client.hear(bytesOf(message).length)), message);
}

/** Asserts that each text comes back from a server that echoes. */
export async function echoesOf(client: Client, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await client.say(text);
    await hears(client, text);
  }
}

/** Asserts that a client is served as ever by a server that echoes. */
export async function echoes(client: Client, rounds = 1): Promise<void> {
  await echoesOf(client, ...Array.from({ length: rounds }, (_, round) => `round ${round}`));
}

/** Asserts that nothing more comes: the end of a stream, or no further datagram. */
export async function hearsNoMore(client: Client): Promise<void> {
  if (isStream(client)) assertEquals(textOf(await client.rest()), "");
  else if (isMessages(client)) assertEquals((await client.messages()).map(textOf), []);
  else if (isDatagram(client)) assertEquals((await client.heardByNow()).map(textOf), []);
}

/** Whether a client has an end of its own to send. */
export function isConnected(client: Client): client is ConnectedClient {
  return "finish" in client;
}

function isMessages(client: Client): client is MessageClient {
  return "messages" in client;
}

/** Whether what a client hears is a stream. */
export function isStream(client: Client): client is StreamClient {
  return "rest" in client;
}

function isDatagram(client: Client): client is DatagramClient {
  return "heardByNow" in client;
}

export class StreamTalker implements StreamClient {
  #closed = false;

  constructor(private readonly stream: Stream, readonly name = "") {}

  say(what: string | Uint8Array): Promise<void> {
    return writeAll(this.stream, typeof what === "string" ? bytesOf(what) : what);
  }

  async hear(count: number): Promise<Uint8Array> {
    const heard = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const got = await this.stream.read(heard.subarray(at));
      if (got === null) return heard.subarray(0, at);
      at += got;
    }
    return heard;
  }

  finish(): Promise<void> {
    return this.stream.closeWrite();
  }

  async rest(): Promise<Uint8Array> {
    return concat(await Array.fromAsync(readChunks(this.stream)));
  }

  close(): void {
    if (!this.#closed) this.stream.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** What is sent to a client to see what came before. */
const MARKER = "nothing more by now";

export class DatagramTalker implements DatagramClient {
  readonly name: string;
  readonly #socket: Deno.DatagramConn;
  readonly #server: Deno.NetAddr;
  #closed = false;

  constructor(port: number) {
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    this.#server = { transport: "udp", hostname: "127.0.0.1", port };
    this.name = `127.0.0.1:${this.#own.port}`;
  }

  get #own(): Deno.NetAddr {
    return this.#socket.addr as Deno.NetAddr;
  }

  async say(what: string | Uint8Array): Promise<void> {
    const bytes = typeof what === "string" ? bytesOf(what) : what;
    assertEquals(await this.#socket.send(bytes, this.#server), bytes.length);
  }

  async hear(_count = 0): Promise<Uint8Array> {
    const [datagram, from] = await this.#receive();
    assertEquals([from.hostname, from.port], [this.#server.hostname, this.#server.port], "an answer of somebody else");
    return datagram;
  }

  /** Loopback keeps the order: what was sent here before now comes before the marker. */
  async heardByNow(): Promise<Uint8Array[]> {
    const other = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    await other.send(bytesOf(MARKER), this.#own);
    const { port } = other.addr as Deno.NetAddr;
    other.close();
    const heard: Uint8Array[] = [];
    while (true) {
      const [datagram, from] = await this.#receive();
      if (from.port === port) return heard;
      heard.push(datagram);
    }
  }

  async #receive(): Promise<[Uint8Array, Deno.NetAddr]> {
    return await this.#socket.receive(new Uint8Array(65536)) as [Uint8Array, Deno.NetAddr];
  }

  close(): void {
    if (!this.#closed) this.#socket.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
