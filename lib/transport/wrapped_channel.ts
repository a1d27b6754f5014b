/**
 * A channel around another one. It passes everything on; a subclass does something besides.
 *
 * @module
 */

import type { Channel } from "./channel.ts";

/**
 * Passes everything on but `handshake`, `reset`, `writeMessages` and `closeSendsFin`, which a subclass has where it can keep
 * them.
 */
export abstract class WrappedChannel implements Channel {
  /** The channel inside. */
  protected readonly inner: Channel;

  /** Wraps a channel, and owns it from now on. */
  constructor(inner: Channel) {
    this.inner = inner;
  }

  /** How bytes travel: known for sure after the handshake. */
  get transport(): Channel["transport"] {
    return this.inner.transport;
  }

  /** The peer's host alone. */
  get host(): string {
    return this.inner.host;
  }

  /** The peer's address as people read it. */
  get peer(): string {
    return this.inner.peer;
  }

  /** This end. */
  get local(): Channel["local"] {
    return this.inner.local;
  }

  /** Sender of the last datagram. */
  get from(): string {
    return this.inner.from ?? this.inner.peer;
  }

  /** The encoding that the transport prescribes. */
  get encoding(): string | undefined {
    return this.inner.encoding;
  }

  /** Bytes of the longest message. */
  get messageMax(): number | undefined {
    return this.inner.messageMax;
  }

  /** The client's certificate. */
  get certificate(): Channel["certificate"] {
    return this.inner.certificate;
  }

  /** The subprotocol of a WebSocket. */
  get subprotocol(): string | undefined {
    return this.inner.subprotocol;
  }

  /** What a TLS client asked for. */
  get hello(): Channel["hello"] {
    return this.inner.hello;
  }

  /** Why the handshake ended without a conversation. */
  get refusal(): string | undefined {
    return this.inner.refusal;
  }

  /** Set where the peer's address may be forged. */
  get unproven(): Channel["unproven"] {
    return this.inner.unproven;
  }

  /** Reads a message, where the transport has messages. */
  get receive(): Channel["receive"] {
    return this.inner.receive?.bind(this.inner);
  }

  /** Reads available bytes. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.inner.read(buffer);
  }

  /** Writes some of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.inner.write(bytes);
  }

  /** Says that we send no more. */
  closeWrite(code?: number, reason?: string): Promise<void> {
    return this.inner.closeWrite(code, reason);
  }

  /** Ends both directions. */
  close(): void {
    this.inner.close();
  }
}
