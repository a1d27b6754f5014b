/**
 * UDP as a client: one socket, aimed at one address. UDP has no connection: only a reply shows that there is a peer,
 * and it may come from an address other than the one dialled: another port (TFTP), another host (a group, a broadcast
 * address).
 *
 * @module
 */

import type { Endpoint } from "../capture/endpoint.ts";
import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { DIAL_HOST, formatAddress, formatHostPort, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { isUnresolved, tooLong } from "./failure.ts";
import { DATAGRAM_MAX, DATAGRAM_ROOM } from "./limits.ts";
import { isMulticast, type Membership } from "./multicast.ts";
import { formatSource, requireFamily, type Source } from "./local.ts";
import { canonical, type Family, resolve } from "./resolve.ts";
import { isIP, isIPv4, isIPv6 } from "./ip.ts";
import type { DatagramSocket } from "./udp_node.ts";
import { answerWith, tokenAskedFor } from "./udp_question.ts";
import { unknownZone, withZone, zoneOf } from "./zone.ts";

/** How to aim. */
export interface UdpOptions {
  /** A group to join. Its datagrams arrive at the dialled port. */
  readonly join?: Membership | undefined;
  /** The address and port of this machine to send from. Default: the system's choice. */
  readonly source?: Source | undefined;
  /** The version of IP to use. Default: both. */
  readonly family?: Family;
  /**
   * The interface by which multicast leaves: an IPv4 address of this machine, or the number or name of an IPv6 interface.
   * Default: that of the group to hear, or the system's choice.
   */
  readonly interface?: string | undefined;
  /** Receives only datagrams from the dialled address. Default false. */
  readonly onlyPeer?: boolean | undefined;
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
  const { join, source } = options;
  const host = canonical(await findHost(address, options));
  if (source !== undefined) requireFamily(source, host);
  if (join && isIPv6(join.group) !== isIPv6(host)) {
    throw new SockeyeError("usage", `Bad --join ${quote(join.group)}: the address is of another family`);
  }
  checkAim(host, options);
  // What leaves the machine by no interface does not leave by that of the group to hear either.
  const usual = options.ttl === 0 ? undefined : join?.interface;
  const place = isMulticast(host) ? options.interface ?? usual : undefined;
  const hostname = isIPv6(host) && zoneOf(host) === undefined && place !== undefined ? `${host}%${place}` : host;
  const socket = await openSocket({ ...address, host: hostname }, { ...options, interface: place });
  return new UdpDial(socket, { transport: "udp", hostname, port: address.port }, options);
}

/** Options that would be ignored at an address, or leave nothing to hear. */
function checkAim(host: string, { ttl, onlyPeer, interface: place, join }: UdpOptions): void {
  const isGroup = isMulticast(host);
  if (ttl !== undefined && (isIPv6(host) || !isGroup)) {
    throw new SockeyeError("usage", `Option --ttl is for IPv4 multicast addresses, not for ${host}`);
  }
  if (place !== undefined && !isGroup) {
    throw new SockeyeError("usage", `Option --interface is for multicast addresses, not for ${host}`);
  }
  if (place !== undefined && ttl === 0) {
    throw new SockeyeError(
      "usage",
      "Option --interface says by which interface multicast leaves; with --ttl 0 none does",
    );
  }
  if (onlyPeer && (isGroup || join)) {
    const group = isGroup ? host : join?.group;
    throw new SockeyeError(
      "usage",
      `Option --only-peer would receive nothing: ${group} is a group, and no datagram is sent from it`,
    );
  }
}

/** Binds a socket; its datagrams to a group are also received on this machine. */
async function openSocket({ host, port }: InetAddress, options: UdpOptions): Promise<DatagramSocket> {
  const { join, source, ttl, interface: place } = options;
  if (join && source?.port !== undefined && source.port !== port) {
    throw new SockeyeError(
      "usage",
      `Bad --source ${quote(formatSource(source))}: a group is heard at port ${port}`,
    );
  }
  // A group's datagrams go to its port; several programs of one machine may hear them.
  const own = join ? port : source?.port ?? 0;
  if (place !== undefined && isIPv4(host)) {
    const { openMulticast } = await import("./udp_node.ts");
    return await openMulticast({ port: own, interface: place, source: source?.host, ttl: ttl ?? 1, join });
  }
  const hostname = source?.host ?? (isIPv6(host) ? "::" : "0.0.0.0");
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname,
    port: own,
    reuseAddress: join !== undefined,
    loopback: true,
  });
  try {
    if (join || ttl !== undefined) await enter(socket, host, options);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** A name may have addresses of both families, and UDP does not show which one is served. Most UDP servers use IPv4. */
async function findHost(address: InetAddress, { join, source, family, signal }: UdpOptions): Promise<string> {
  const host = address.host || DIAL_HOST;
  const addresses = await resolve(host, signal, family);
  const isWanted = source?.host !== undefined && isIPv6(source.host) ? isIPv6 : isIPv4;
  const [found = host] = [...addresses.filter((one) => isWanted(one)), ...addresses];
  const mayChoose = source?.host === undefined && !join && found === "127.0.0.1" && addresses.includes("::1");
  if (mayChoose && isTaken("::1", address.port) && !isTaken(found, address.port)) return "::1";
  // With a list of permitted hosts Deno allows no lookup here; the system makes one when something is sent.
  if (isIP(found) !== 0 || Deno.permissions.querySync({ name: "net" }).state !== "granted") return found;
  throw new SockeyeError(
    "resolve",
    say("cannot")`Cannot ${say("connect")`connect to ${formatAddress(address)}`}: ${say(
      "no-address",
    )`the host name has no address`}`,
  );
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
  readonly #socket: DatagramSocket;
  readonly #to: Deno.NetAddr;
  readonly #options: Pick<UdpOptions, "onlyPeer" | "onToken">;
  /** What datagrams are received into; one receive at a time. */
  #room: Uint8Array | undefined;
  /** The token that was sent back last: each goes back once. */
  #token = "";
  #closed = false;

  constructor(socket: DatagramSocket, to: Deno.NetAddr, options: Pick<UdpOptions, "onlyPeer" | "onToken">) {
    this.#socket = socket;
    this.#to = to;
    this.#options = options;
    this.host = to.hostname;
    this.peer = formatHostPort(to.hostname, to.port);
    this.from = this.peer;
  }

  get local(): Endpoint | undefined {
    return this.#socket.addr as Deno.NetAddr;
  }

  async receive(): Promise<Uint8Array | null> {
    // A new array of this size for each datagram would cost more than all the rest.
    this.#room ??= new Uint8Array(DATAGRAM_ROOM);
    return (await this.#next(this.#room)).slice();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    return (await this.#next(buffer)).length;
  }

  async #next(buffer: Uint8Array): Promise<Uint8Array> {
    while (true) {
      const [datagram, from] = await this.#socket.receive(buffer) as [Uint8Array, Deno.NetAddr];
      const isPeer = this.#isPeer(from);
      if (this.#options.onlyPeer && !isPeer) continue;
      this.from = isPeer ? this.peer : formatHostPort(withZone(from.hostname, zoneOf(this.#to.hostname)), from.port);
      if (isPeer) this.#answer(datagram);
      return datagram;
    }
  }

  /** Shows the server that our address is not forged. Nothing but the token goes out, which is shorter than the question. */
  #answer(datagram: Uint8Array): void {
    const token = tokenAskedFor(datagram);
    if (token === undefined || token === this.#token) return;
    this.#token = token;
    // One that cannot be sent is lost, as any datagram may be.
    this.write(new TextEncoder().encode(answerWith(token))).then(() => this.#options.onToken?.(token), () => {});
  }

  /** The system gives addresses without zones, and in one spelling. Of a host that only it could resolve the port is known. */
  #isPeer({ hostname, port }: Deno.NetAddr): boolean {
    const to = this.#to;
    if (port !== to.port) return false;
    return hostname === to.hostname || isIP(to.hostname) === 0 ||
      canonical(hostname) === to.hostname.replace(/%.*$/, "");
  }

  write(bytes: Uint8Array): Promise<number> {
    if (bytes.length > DATAGRAM_MAX) return Promise.reject(tooLong(bytes.length));
    const { hostname } = this.#to;
    const sent = this.#socket.send(bytes, this.#to);
    if (zoneOf(hostname) === undefined) return sent;
    return sent.catch((cause) => {
      throw isUnresolved(cause) ? unknownZone(say("send-to")`send to ${this.peer}`, hostname, cause) : cause;
    });
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
