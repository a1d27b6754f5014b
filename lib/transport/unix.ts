/**
 * Unix sockets: a path instead of a host and a port, for programs of one machine.
 *
 * A server binds in a private folder beside the path, sets the mode of the socket and moves it to the path then. So no client
 * connects before the mode is set, and a socket that a dead server left is replaced in one step. Where that folder is not
 * permitted or its path too long, the server binds the path itself, but only under a umask that keeps others out.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { absolute } from "../path.ts";
import { missingForSocket } from "../permissions.ts";
import { quote } from "../printable.ts";
import type { UnixAddress } from "./address.ts";
import type { Channel, Listener } from "./channel.ts";
import { closedError } from "./failure.ts";
import { StreamChannel } from "./stream.ts";

/** Bytes of the longest path: what the address structure holds, less the zero at its end (unix(7); other systems have 104). */
const PATH_MAX_BYTES = Deno.build.os === "linux" ? 107 : 103;

/** The permission bits by which a socket is connected to. */
const WRITABLE = 0o222;

/**
 * Binds a path; the caller closes the listener. A socket without a server is replaced; any other file stays.
 *
 * @throws {SockeyeError} `usage` for a path that is too long, `connect` when it is taken; or what the system says
 */
export async function listenUnix(address: UnixAddress): Promise<Listener> {
  const { path } = address;
  checkPath(path);
  const direct = mustBindDirectly(path);
  while (true) {
    const dead = await findDead(path);
    try {
      return new UnixListener(address, direct ? bindDirectly(path, dead) : bindInside(path, dead), direct);
    } catch (error) {
      // Another server was faster: the next look tells whether it lives.
      if (!(error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** A bound Unix socket. Closing it removes the file, unless another server has put its own in place of it. */
class UnixListener implements Listener {
  readonly address: UnixAddress;
  readonly #listener: Deno.UnixListener;
  /** Whether the path itself was bound. Deno removes the bound path at the end, whatever file is there by then. */
  readonly #direct: boolean;
  /** The identity of our file. */
  readonly #file: string | undefined;
  #closed = false;
  /** Rejects the pending accept. */
  #giveUp: (error: Error) => void = () => {};

  constructor(address: UnixAddress, listener: Deno.UnixListener, direct: boolean) {
    this.address = address;
    this.#listener = listener;
    this.#direct = direct;
    this.#file = identify(address.path);
  }

  async accept(): Promise<Channel> {
    if (this.#closed) throw closedError("listener");
    const { promise, reject } = Promise.withResolvers<never>();
    this.#giveUp = reject;
    return new StreamChannel(await Promise.race([this.#listener.accept(), promise]), "unix", this.address);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const file = identify(this.address.path);
    const isOurs = file === this.#file;
    if (this.#direct && !isOurs && file !== undefined) {
      // Without a path no client finds the socket, so it may as well stay open until the process ends.
      this.#listener.unref();
      return this.#giveUp(closedError("listener"));
    }
    if (isOurs && !this.#direct) removeIfPossible(this.address.path);
    this.#listener.close();
  }
}

/**
 * Connects to a Unix socket; the caller closes the channel.
 *
 * @throws {SockeyeError} `usage` for a path that is too long; or what the system says
 */
export async function connectUnix({ path }: UnixAddress): Promise<Channel> {
  checkPath(path);
  return new StreamChannel(await Deno.connect({ transport: "unix", path }), "unix", { path });
}

/** The file at a path; undefined when there is none, or when the system does not let us look. */
function identify(path: string): string | undefined {
  try {
    // A file system soon reuses the number of a file that is gone; the time of its birth differs (in steps of 1 to 10 ms).
    const { dev, ino, birthtime } = Deno.lstatSync(path);
    return `${dev} ${ino} ${birthtime?.getTime()}`;
  } catch {
    return undefined;
  }
}

/** Bytes of the absolute path, which Deno hands to the system. */
function byteLength(path: string): number {
  return new TextEncoder().encode(absolute(path)).length;
}

function checkPath(path: string): void {
  const length = byteLength(path);
  if (length <= PATH_MAX_BYTES) return;
  const problem = `the path has ${length} bytes, ${PATH_MAX_BYTES} at most`;
  throw new SockeyeError("usage", `Bad address ${quote(`unix:${path}`)}: ${problem}`);
}

/** The identity of a socket that refuses connections because its server is gone; undefined when there is no file. */
async function findDead(path: string): Promise<string | undefined> {
  const taken = (why: string) => new SockeyeError("connect", `Cannot listen on unix:${path}: ${why}`);
  const file = identify(path);
  try {
    // To a file of another kind connections are refused too.
    if (!(await Deno.lstat(path)).isSocket) throw taken("there is a file that is not a socket");
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.ConnectionRefused) return file;
    throw error;
  }
  throw taken("the address is in use; choose another path, or stop what listens there");
}

/** A folder beside the path, and the socket in it, where a server binds first. Short, for the path of a socket is. */
function besides(path: string): { folder: string; inside: string } {
  const folder = `${path.slice(0, path.lastIndexOf("/") + 1)}.${crypto.randomUUID().slice(0, 8)}`;
  return { folder, inside: `${folder}/s` };
}

/** Whether there can be no folder beside the path: permissions may be for the path alone. */
function mustBindDirectly(path: string): boolean {
  const { inside } = besides(path);
  return byteLength(inside) > PATH_MAX_BYTES || missingForSocket(inside).length > 0;
}

/** Binds inside a private folder and moves the socket to the path; throws AlreadyExists when another server was faster. */
function bindInside(path: string, dead: string | undefined): Deno.UnixListener {
  const { folder, inside } = besides(path);
  Deno.mkdirSync(folder, { mode: 0o700 });
  try {
    return bindOwned(inside, () => {
      if (dead !== undefined) takeAway(path, dead, `${folder}/dead`);
      // A link replaces nothing: of several servers at once only one gets the path.
      Deno.linkSync(inside, path);
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Moves a dead socket out of the path; throws AlreadyExists when another server has taken the path meanwhile. */
function takeAway(path: string, dead: string, away: string): void {
  try {
    Deno.renameSync(path, away);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // Another server took it away.
    throw error;
  }
  if (identify(away) === dead) return;
  Deno.linkSync(away, path);
  throw new Deno.errors.AlreadyExists(`${path} has changed`);
}

/** Binds the path itself; throws AlreadyExists or AddrInUse when another server was faster. */
function bindDirectly(path: string, dead: string | undefined): Deno.UnixListener {
  requireUnchanged(path, dead);
  if (dead !== undefined) Deno.removeSync(path);
  requireStrictUmask(path);
  return bindOwned(path);
}

/**
 * Refuses a umask under which others could connect between bind and chmod: a socket is made with all permissions that the
 * umask leaves (bind(2)), and connecting takes the permission to write. Deno tells the umask only with another permission,
 * but a file shows it.
 */
function requireStrictUmask(path: string): void {
  // Another server must not find it at the path, where that can be helped.
  const { folder: beside } = besides(path);
  const probe = missingForSocket(beside).length > 0 ? path : beside;
  Deno.openSync(probe, { write: true, createNew: true, mode: WRITABLE }).close();
  const { mode } = Deno.lstatSync(probe);
  Deno.removeSync(probe);
  if (((mode ?? 0) & WRITABLE & ~0o200) === 0) return;
  const advice = "permit its folder too, choose a shorter path, or start with umask 077";
  const message = `Cannot listen on unix:${path}: others could connect before its mode is set; ${advice}`;
  throw new SockeyeError("connect", message);
}

/** Binds a socket for its owner alone. */
function bindOwned(path: string, place = () => {}): Deno.UnixListener {
  const listener = Deno.listen({ transport: "unix", path });
  try {
    Deno.chmodSync(path, 0o600);
    place();
    return listener;
  } catch (error) {
    listener.close();
    throw error;
  }
}

function requireUnchanged(path: string, file: string | undefined): void {
  if (identify(path) !== file) throw new Deno.errors.AlreadyExists(`${path} has changed`);
}

/** A server that gave up the permission to write leaves its file: the next one replaces it. */
function removeIfPossible(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Closing must not fail.
  }
}
