/**
 * Unix sockets: a path instead of a host and a port, for programs of one machine.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { absolute } from "../path.ts";
import { quote } from "../printable.ts";
import type { UnixAddress } from "./address.ts";
import type { Channel, Listener } from "./channel.ts";
import { StreamChannel } from "./stream.ts";

/** The longest path in bytes: what the address structure holds, less the zero at its end (unix(7); other systems have 104). */
const PATH_MAX = Deno.build.os === "linux" ? 107 : 103;

/** Who may use the socket: its owner. */
const OWNER_ONLY = 0o600;

/** A bound Unix socket. The file goes when it is closed, unless somebody else has put another one there. */
export class UnixListener implements Listener {
  /** Where it listens. */
  readonly address: UnixAddress;
  readonly #listener: Deno.UnixListener;
  readonly #file: string | undefined;
  #closed = false;
  #giveUp: (error: unknown) => void = () => {};

  private constructor(address: UnixAddress, listener: Deno.UnixListener) {
    this.address = address;
    this.#listener = listener;
    this.#file = identify(address.path);
  }

  /**
   * Binds a path. A socket that nobody listens on any more is replaced; everything else that may be there stays.
   *
   * @param address where
   * @returns a listener that the caller closes
   * @throws {SockeyeError} `usage` for a path that is too long, `connect` when it is taken; or what the system says
   */
  static async bind(address: UnixAddress): Promise<UnixListener> {
    const { path } = address;
    checkPath(path);
    const options = { transport: "unix", path } as const;
    try {
      return await UnixListener.#own(address, Deno.listen(options));
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
    await removeDead(path);
    return await UnixListener.#own(address, Deno.listen(options));
  }

  static async #own(address: UnixAddress, listener: Deno.UnixListener): Promise<UnixListener> {
    try {
      await Deno.chmod(address.path, OWNER_ONLY);
    } catch (error) {
      listener.close();
      throw error;
    }
    return new UnixListener(address, listener);
  }

  /** Waits for the next connection. */
  async accept(): Promise<Channel> {
    if (this.#closed) throw closed();
    const { promise, resolve, reject } = Promise.withResolvers<Deno.UnixConn>();
    this.#giveUp = reject;
    this.#listener.accept().then((conn) => {
      if (!this.#closed) return resolve(conn);
      conn.close();
      reject(closed());
    }, reject);
    return new StreamChannel(await promise, "unix", this.address.path);
  }

  /** Stops listening and removes the file. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const file = identify(this.address.path);
    // The platform removes the file when it has ended the accept that waits; who waits hears of it no sooner.
    if (file === undefined || file === this.#file) return this.#listener.close();
    // The platform would remove what is there now, whoever made it. Nobody finds the way to a socket without a path, so it
    // may as well live on until the process ends.
    this.#listener.unref();
    this.#giveUp(closed());
  }
}

/**
 * Connects to a Unix socket.
 *
 * @param address where to
 * @returns a channel that the caller closes
 * @throws {SockeyeError} `usage` for a path that is too long; or what the system says
 */
export async function connectUnix({ path }: UnixAddress): Promise<Channel> {
  checkPath(path);
  return new StreamChannel(await Deno.connect({ transport: "unix", path }), "unix", path);
}

function closed(): Error {
  return new Deno.errors.BadResource("The listener was closed");
}

/** Which file a path leads to; undefined when there is none, or when it may not be asked. */
function identify(path: string): string | undefined {
  try {
    // The number of a file that is gone is soon given to the next one.
    const { dev, ino, birthtime } = Deno.lstatSync(path);
    return `${dev} ${ino} ${birthtime?.getTime()}`;
  } catch {
    return undefined;
  }
}

function checkPath(path: string): void {
  // Deno hands the absolute path to the system.
  const { length } = new TextEncoder().encode(absolute(path));
  if (length <= PATH_MAX) return;
  throw new SockeyeError(
    "usage",
    `Bad address ${quote(`unix:${path}`)}: the path has ${length} bytes, ${PATH_MAX} at most`,
  );
}

/**
 * Only a socket whose owner is gone refuses connections. A file of another kind does so too, and is not ours to remove. Where
 * others do the same at the same time it may be gone at any moment, or be one of theirs already.
 */
async function removeDead(path: string): Promise<void> {
  const taken = (why: string) => new SockeyeError("connect", `Cannot listen on unix:${path}: ${why}`);
  const dead = identify(path);
  try {
    const { isSocket } = await Deno.lstat(path);
    if (!isSocket) throw taken("there is a file that is not a socket");
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.ConnectionRefused) return removeThis(path, dead);
    throw error;
  }
  throw taken("the address is in use; choose another path, or stop what listens there");
}

/** Removes a file if it is still that one: what is moved aside nobody can put another one in place of. */
function removeThis(path: string, file: string | undefined): void {
  if (identify(path) !== file) return;
  const aside = `${absolute(path)}.${crypto.randomUUID()}.dead`;
  if (!mayUse(aside)) return Deno.removeSync(path);
  try {
    Deno.renameSync(path, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  try {
    if (identify(aside) !== file) Deno.linkSync(aside, path);
  } finally {
    Deno.removeSync(aside);
  }
}

function mayUse(path: string): boolean {
  return (["read", "write"] as const).every((name) => Deno.permissions.querySync({ name, path }).state === "granted");
}
