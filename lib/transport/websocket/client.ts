/**
 * WebSocket as a client, over a connected TCP or TLS channel.
 *
 * @module
 */

import { writeAll } from "../../bytes.ts";
import { badAnswer } from "../../http/head.ts";
import { DIAL_HOST, formatHostPort, type InetAddress, WEB_PORTS } from "../address.ts";
import type { Channel } from "../channel.ts";
import { MESSAGE_MAX, SOCKET_BUFFER } from "../limits.ts";
import { WebSocketChannel } from "./channel.ts";
import { type Answer, AnswerParser, checkAnswer, type HandshakeOptions, proofOf, writeHandshake } from "./handshake.ts";

/** First byte of what a TLS server answers to a request in plain text, if it answers (RFC 8446 section 5.1). */
const TLS_ALERT = 0x15;

/** How to open a WebSocket. */
export interface WebSocketDialOptions extends HandshakeOptions {
  /** Bytes of the longest message that is taken. Default: 1 MiB. */
  readonly messageMax?: number | undefined;
  /** Sends every message as binary. Default: text, or the type of the last received message. */
  readonly binary?: boolean | undefined;
}

/**
 * Connects and shakes hands.
 *
 * @throws {SockeyeError} `status` when the server refuses, `protocol` when it answers something else, `usage` for fields that
 * cannot be sent; what `open` throws, or the signal's reason
 */
export async function dialWebSocket(
  open: () => Promise<Channel>,
  address: InetAddress,
  options: WebSocketDialOptions & { readonly signal: AbortSignal },
): Promise<WebSocketChannel> {
  const { protocols, signal, binary, messageMax = MESSAGE_MAX } = options;
  const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  const head = writeHandshake({ host: hostOf(address), path: address.path ?? "/", key }, options);
  const inner = await open();
  const stop = () => inner.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    await writeAll(inner, head);
    const { answer, rest } = await readAnswer(inner);
    const subprotocol = checkAnswer(answer, await proofOf(key), protocols);
    signal.throwIfAborted();
    return new WebSocketChannel(inner, { role: "client", rest, subprotocol, binary, messageMax });
  } catch (error) {
    inner.close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function readAnswer(inner: Channel): Promise<{ answer: Answer; rest: Uint8Array }> {
  const parser = new AnswerParser();
  const buffer = new Uint8Array(SOCKET_BUFFER.idle);
  let first: number | undefined;
  for (let count; (count = await inner.read(buffer)) !== null;) {
    first ??= buffer[0];
    const answer = parser.push(buffer.subarray(0, count));
    if (answer) return { answer, rest: parser.rest };
  }
  const mayBeTls = inner.transport !== "tls" && (first === undefined || first === TLS_ALERT);
  const hint = mayBeTls ? "; does it speak TLS? Try wss://" : "";
  throw badAnswer(`the connection ended inside the header${hint}`, { transient: true });
}

/** A zone means something on this machine alone: it is left out (RFC 6874 section 4). */
function hostOf({ transport, host, port }: InetAddress): string {
  const place = formatHostPort(host.replace(/%.*$/, "") || DIAL_HOST, port);
  return port === WEB_PORTS[transport] ? place.slice(0, place.lastIndexOf(":")) : place;
}
