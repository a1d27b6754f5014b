/**
 * UDP as a client: one socket, aimed at one address. UDP has no connection: only an answer shows that there is a peer.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { DIAL_HOST, formatAddress, formatHostPort, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { tooLong } from "./failure.ts";
import { DATAGRAM_MAX, DATAGRAM_ROOM } from "./limits.ts";
import { isForMany, isMulticast, type Membership } from "./multicast.ts";
import { canonical, requireFamily, resolve } from "./resolve.ts";
import { isIP, isIPv4, isIPv6 } from "./ip.ts";
import { answerWith, tokenAskedFor } from "./udp_question.ts";

/** How to aim. */
export interface UdpOptions {
  /** A group to hear besides. Its datagrams come to the port that is aimed at. */
  readonly join?: Membership | undefined;
  /** The address of this machine to send from. Default: the system's choice. */
  readonly source?: string | undefined;
  /** How many routers a multicast datagram may pass; IPv4 only, for the platform sets no other. Default 1. */
  readonly ttl?: number | undefined;
  /** Called when a server that asks for a token (`udp_question.ts`) got it. */
  readonly onToken?: ((token: string) => void) | undefined;
  /** Gives up finding the host's address. */
  readonly signal: AbortSignal;
}

/**
 * Aims a socket at an address; the caller closes the channel.
 *
 * @throws {SockeyeError} `usage`, `connect`, `resolve`, or what the system says
 */
export async function dialUdp(address: InetAddress, options: UdpOptions): Promise<Channel> {
  const { join, source, ttl } = options;
  const hostname = canonical(await findHost(address, options));
  if (source !== undefined) requireFamily(source, hostname);
  if (join && isIPv6(join.group) !== isIPv6(hostname)) {
    throw new SockeyeError("usage", `Bad --join ${quote(join.group)}: the address is of another family`);
  }
  if (ttl !== undefined && (isIPv6(hostname) || !isMulticast(hostname))) {
    throw new SockeyeError("usage", `Option --ttl is for IPv4 multicast addresses, not for ${hostname}`);
  }
  // A group's datagrams go to its port; several programs of one machine may hear them.
  const place = join ? { port: address.port, reuseAddress: true } : { port: 0 };
  const own = source ?? (isIPv6(hostname) ? "::" : "0.0.0.0");
  const socket = Deno.listenDatagram({ transport: "udp", hostname: own, ...place });
  try {
    if (join || ttl !== undefined) await enter(socket, hostname, options);
  } catch (error) {
    socket.close();
    throw error;
  }
  return new UdpDial(socket, { transport: "udp", hostname, port: address.port }, options);
}

/** A name may have addresses of both families, and UDP does not show which one is served. Most UDP servers use IPv4. */
async function findHost(address: InetAddress, { join, source, signal }: UdpOptions): Promise<string> {
  const host = address.host || DIAL_HOST;
  const addresses = await resolve(host, signal);
  const isWanted = source !== undefined && isIPv6(source) ? isIPv6 : isIPv4;
  const [found = host] = [...addresses.filter((one) => isWanted(one)), ...addresses];
  const mayChoose = source === undefined && !join && found === "127.0.0.1" && addresses.includes("::1");
  if (mayChoose && isTaken("::1", address.port) && !isTaken(found, address.port)) return "::1";
  // With a list of permitted hosts Deno allows no lookup here; the system makes one when something is sent.
  if (isIP(found) !== 0 || Deno.permissions.querySync({ name: "net" }).state !== "granted") return found;
  throw new SockeyeError("resolve", `Cannot connect to ${formatAddress(address)}: the host name has no address`);
}

/** Whether a socket is bound to an address of this machine: a second bind fails then. */
function isTaken(hostname: string, port: number): boolean {
  try {
    Deno.listenDatagram({ transport: "udp", hostname, port }).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.AddrInUse;
  }
}

/** The reach of a socket can be set only through a membership, which is left at once where nothing shall be heard. */
async function enter(socket: Deno.DatagramConn, hostname: string, { join, ttl = 1 }: UdpOptions): Promise<void> {
  const { group, interface: place }: Membership = join ?? { group: hostname };
  if (isIPv6(group)) return void await socket.joinMulticastV6(group, Number(place ?? 0));
  const membership = await socket.joinMulticastV4(group, place ?? "0.0.0.0");
  await membership.setTTL(ttl);
  if (!join) await membership.leave();
}

/** A socket that is aimed at one address. */
class UdpDial implements Channel {
  readonly transport = "udp";
  readonly host: string;
  readonly peer: string;
  /** Address of the sender of the datagram that was read last. */
  from: string;
  readonly #socket: Deno.DatagramConn;
  readonly #to: Deno.NetAddr;
  readonly #hearsAll: boolean;
  readonly #onToken: UdpOptions["onToken"];
  /** The token that was sent back last: each goes back once. */
  #token = "";
  #closed = false;

  constructor(socket: Deno.DatagramConn, to: Deno.NetAddr, { join, onToken }: UdpOptions) {
    this.#socket = socket;
    this.#to = to;
    this.#hearsAll = join !== undefined || isForMany(to.hostname);
    this.#onToken = onToken;
    this.host = to.hostname;
    this.peer = formatHostPort(to.hostname, to.port);
    this.from = this.peer;
  }

  async receive(): Promise<Uint8Array | null> {
    return await this.#next(new Uint8Array(DATAGRAM_ROOM));
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    return (await this.#next(buffer)).length;
  }

  async #next(buffer: Uint8Array): Promise<Uint8Array> {
    while (true) {
      const [datagram, from] = await this.#socket.receive(buffer) as [Uint8Array, Deno.NetAddr];
      const sender = formatHostPort(from.hostname, from.port);
      // What others send to this port is not an answer. Of a host that only the system could resolve the port is known.
      const expected = isIP(this.#to.hostname) === 0 ? from.port === this.#to.port : sender === this.peer;
      if (!this.#hearsAll && !expected) continue;
      this.from = sender;
      if (expected) this.#answer(datagram);
      return datagram;
    }
  }

  /** Shows the server that our address is not forged. Nothing but the token goes out, which is shorter than the question. */
  #answer(datagram: Uint8Array): void {
    const token = tokenAskedFor(datagram);
    if (token === undefined || token === this.#token) return;
    this.#token = token;
    // One that cannot be sent is lost, as any datagram may be.
    this.write(new TextEncoder().encode(answerWith(token))).then(() => this.#onToken?.(token), () => {});
  }

  write(bytes: Uint8Array): Promise<number> {
    if (bytes.length > DATAGRAM_MAX) return Promise.reject(tooLong(bytes.length));
    return this.#socket.send(bytes, this.#to);
  }

  /** UDP has no end that could be sent; answers still come. */
  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}
