/** A client of WebSockets (RFC 6455), made of bytes: unlike the platform's it can be slow, rude and wrong. */

import { concat } from "../../lib/bytes.ts";
import { bytesOf, textOf } from "../support/net.ts";
import type { MessageClient, StreamClient } from "./clients.ts";

/** Kinds of frames (section 5.2). */
export const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as clients send it: whole, and masked with zeros. */
export function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const head = new DataView(new ArrayBuffer(length < 126 ? 6 : length < 65536 ? 8 : 14));
  head.setUint8(0, 0x80 | opcode);
  head.setUint8(1, 0x80 | (length < 126 ? length : length < 65536 ? 126 : 127));
  if (length >= 65536) head.setBigUint64(2, BigInt(length));
  else if (length >= 126) head.setUint16(2, length);
  return concat([new Uint8Array(head.buffer), payload]);
}

/** A request for a WebSocket (section 4.1). */
export function request(headers: Readonly<{ [name: string]: string }> = {}): string {
  const all: { [name: string]: string } = {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": btoa("sixteen bytes ok"),
    ...headers,
  };
  return ["GET /ws HTTP/1.1", ...Object.entries(all).map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}

/** Messages over a WebSocket: a text for each string, binary for bytes. */
export class MessageTalker implements MessageClient {
  readonly name: string;
  /** Whether the message that was heard last was a text. */
  heardText: boolean | undefined;
  /** The close code of the server, once it came. */
  closeCode: number | undefined;
  /** Why, in its words. */
  closeReason: string | undefined;
  readonly #under: StreamClient;
  #ended = false;

  private constructor(under: StreamClient) {
    this.#under = under;
    this.name = under.name;
  }

  static async open(under: StreamClient, headers: Readonly<{ [name: string]: string }> = {}): Promise<MessageTalker> {
    await under.say(request(headers));
    const head = await headOf(under);
    if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`No WebSocket: ${head}`);
    return new MessageTalker(under);
  }

  say(what: string | Uint8Array): Promise<void> {
    return typeof what === "string" ? this.send(OPCODES.text, bytesOf(what)) : this.send(OPCODES.binary, what);
  }

  send(opcode: number, payload: Uint8Array): Promise<void> {
    return this.#under.say(frame(opcode, payload));
  }

  async hear(_count = 0): Promise<Uint8Array> {
    return await this.#next() ?? new Uint8Array();
  }

  finish(): Promise<void> {
    return this.send(OPCODES.close, Uint8Array.of(0x03, 0xe8));
  }

  messages(): Promise<Uint8Array[]> {
    return allOf(() => this.#next());
  }

  close(): void {
    this.#under.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #next(): Promise<Uint8Array | null> {
    while (!this.#ended) {
      const found = await readFrame(this.#under);
      if (!found) break;
      const { opcode, payload } = found;
      if (opcode === OPCODES.text || opcode === OPCODES.binary) {
        this.heardText = opcode === OPCODES.text;
        return payload;
      }
      if (opcode === OPCODES.ping) await this.send(OPCODES.pong, payload);
      if (opcode === OPCODES.close) {
        this.closeCode = lengthOf(payload.subarray(0, 2));
        this.closeReason = textOf(payload.subarray(2));
        await this.send(OPCODES.close, payload).catch(() => {});
        break;
      }
    }
    this.#ended = true;
    return null;
  }
}

/** All that comes, one after the other. */
export async function allOf(next: () => Promise<Uint8Array | null>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (let one; (one = await next()) !== null;) all.push(one);
  return all;
}

async function headOf(under: StreamClient): Promise<string> {
  let head = "";
  while (!head.endsWith("\r\n\r\n")) {
    const byte = textOf(await under.hear(1));
    if (byte === "") throw new Error(`No answer but ${head}`);
    head += byte;
  }
  return head;
}

/** The next frame of a server; undefined at the end of the stream. */
async function readFrame(under: StreamClient): Promise<{ opcode: number; payload: Uint8Array } | undefined> {
  const [first, second = 0] = await under.hear(2);
  if (first === undefined) return undefined;
  const length = second < 126 ? second : lengthOf(await under.hear(second === 126 ? 2 : 8));
  const payload = length === 0 ? new Uint8Array() : await under.hear(length);
  return { opcode: first & 0x0f, payload };
}

function lengthOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
