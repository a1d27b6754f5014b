/**
 * Files that save the data of clients unchanged: each is complete when its client has ended its half.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import type { Mode, ModeContext, Peer } from "../server/mode.ts";
import type { OutputFile } from "../server/mode_files.ts";

/** Stands for the number of the client in a name. */
const ID = "{id}";

/** Writes the data of each client to a file; clients take turns at a name without `{id}`. */
export class ReceivedFiles implements Mode {
  readonly needs: NonNullable<Mode["needs"]>;
  readonly keepsData = true;
  readonly #pattern: string;
  readonly #context: ModeContext;
  /** From a client's turn to its end. */
  readonly #files = new Map<Peer, OutputFile>();
  /** End the wait of a client for its turn when it is gone. */
  readonly #waiting = new Map<Peer, () => void>();
  /** Settles when the name is free. */
  #turn: Promise<void> = Promise.resolve();
  readonly #ends = new Map<Peer, () => void>();
  /** Closing files. */
  readonly #closing = new Set<Promise<void>>();
  #failure: SockeyeError | undefined;

  /**
   * Checks the name and the permissions.
   *
   * @throws {SockeyeError} `permission`, `file`, `usage`
   */
  constructor(pattern: string, context: ModeContext) {
    if (/^$|\/$/.test(pattern)) throw new SockeyeError("usage", `Bad --output ${quote(pattern)}: expected a file`);
    this.#pattern = pattern;
    this.#context = context;
    this.needs = context.files.checkReplace(this.#pathOf(1));
  }

  /** Settles when the client has its file. */
  async open(peer: Peer): Promise<void> {
    if (!this.#pattern.includes(ID) && !await this.#takeTurn(peer)) return;
    try {
      const file = await this.#context.files.replace(this.#pathOf(peer.id));
      if (peer.open) this.#files.set(peer, file);
      else await this.#finish(peer, file, false);
    } catch (error) {
      throw this.#fail(peer, error);
    }
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    try {
      await this.#files.get(peer)?.write(bytes);
    } catch (error) {
      throw this.#fail(peer, error);
    }
  }

  /** The client hears of our end when its file is complete. */
  async end(peer: Peer): Promise<void> {
    const file = this.#files.get(peer);
    this.#files.delete(peer);
    if (file) await this.#finish(peer, file, true);
  }

  close(peer: Peer): void {
    this.#waiting.get(peer)?.();
    const file = this.#files.get(peer);
    this.#files.delete(peer);
    // A WebSocket has no half-close, so that its end is all that there is.
    const finished = file ? this.#finish(peer, file, peer.messageBoundaries) : Promise.resolve();
    const closing = finished.finally(() => {
      this.#ends.get(peer)?.();
      this.#ends.delete(peer);
      this.#closing.delete(closing);
    });
    this.#closing.add(closing);
  }

  /** Throws the first failure to write: the clients' data is incomplete. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#closing);
    if (this.#failure) throw this.#failure;
  }

  #pathOf(id: number): string {
    return this.#pattern.replaceAll(ID, String(id));
  }

  /** False when the client left before it was its turn. */
  async #takeTurn(peer: Peer): Promise<boolean> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = before.then(() => promise);
    this.#ends.set(peer, resolve);
    const left = Promise.withResolvers<boolean>();
    this.#waiting.set(peer, () => left.resolve(false));
    if (this.#ends.size > 1) {
      this.#context.notice(
        say("file-waits")`waits: ${quote(this.#pattern)} takes one client at a time; with {id} in its name, all`,
        peer,
      );
    }
    const isNext = await Promise.race([before.then(() => true), left.promise]);
    this.#waiting.delete(peer);
    return isNext;
  }

  async #finish(peer: Peer, file: OutputFile, complete: boolean): Promise<void> {
    try {
      if (complete) await file.complete();
      else file.abandon();
      const { path, place } = file;
      this.#context.notice(
        complete
          ? say("is-saved")`is saved as ${quote(path)}`
          : say("did-not-end")`did not end: ${quote(place)} has what came`,
        peer,
      );
    } catch (error) {
      this.#fail(peer, error);
    }
  }

  #fail({ id, address: peer }: Peer, error: unknown): SockeyeError {
    const failure = error instanceof SockeyeError ? error : new SockeyeError("file", messageOf(error));
    this.#failure ??= failure;
    void this.#context.report({ event: "error", id, peer, kind: failure.kind, message: failure.message });
    return failure;
  }
}
