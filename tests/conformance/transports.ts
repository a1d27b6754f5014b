/**
 * The table of transports: how to listen on a free place of each, and how to reach it. A new transport does not compile
 * before it has its line here; every test of this folder runs over it then.
 */

import type { TransportName } from "../../lib/events.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Channel, Listener } from "../../lib/transport/channel.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen, transportOf } from "../../lib/transport/mod.ts";
import type { DialOptions, ListenOptions } from "../../lib/transport/transport.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { eventually } from "../support/harness.ts";
import { portOf } from "../support/net.ts";
import { listenForBrowsers } from "../../lib/chat/web/entrance.ts";
import { Endings } from "./endings.ts";
import { allOf, MessageTalker } from "./web_sockets.ts";
import {
  type Client,
  type ConnectedClient,
  type DatagramClient,
  DatagramTalker,
  type MessageClient,
  type StreamClient,
  StreamTalker,
} from "./clients.ts";

/** A listener, and the ways to it. */
export interface Place<C extends Client = Client> extends AsyncDisposable {
  /** Bound; who serves it closes it. */
  readonly listener: Listener;
  /** The only host that clients come from. */
  readonly host: string;
  /** What sockeye's own client dials. */
  readonly address: Address;
  /** Connects as somebody else's program does. */
  connect(): Promise<C>;
  /** Connects as sockeye's own client does. */
  dial(): Promise<Client>;
}

/** A transport as the tests know it. */
export interface TransportCase<C extends Client = Client> {
  readonly name: TransportName;
  /** What its tests are called, where that is not its name. */
  readonly title?: string;
  /** Whether messages keep their borders; else it is a stream. */
  readonly messageBoundaries: boolean;
  /** Whether it knows no connection; else each side can end it. */
  readonly connectionless?: true;
  /** What it needs that is not here. */
  readonly missing?: string | undefined;
  place(): Promise<Place<C>>;
}

const LOOPBACK = "127.0.0.1";

/** A listener on a free port of this machine, how the platform reaches it, and how `dial` does. */
async function listening(transport: "tcp" | "tls" | "ws" | "wss") {
  const { ca, ...credentials } = transport === "tls" || transport === "wss" ? await certificate() : {};
  const listener = await listen({ transport, host: LOOPBACK, port: 0 }, "cert" in credentials ? { credentials } : {});
  const place = { hostname: LOOPBACK, port: portOf(listener) };
  const connect = async () => {
    if (ca === undefined) return inetTalker(await Deno.connect(place));
    const conn = await Deno.connectTls({ ...place, caCerts: [ca] });
    try {
      await conn.handshake();
    } catch (error) {
      conn.close();
      throw error;
    }
    return inetTalker(conn);
  };
  return { listener, connect, dialling: ca === undefined ? {} : { tls: { ca } } };
}

function stream(name: "tcp" | "tls"): TransportCase<StreamClient> {
  return {
    name,
    messageBoundaries: false,
    missing: name === "tcp" || hasOpenssl ? undefined : "openssl",
    place: async () => {
      const { listener, connect, dialling } = await listening(name);
      return placeOf(listener, connect, streamOf, { dialling });
    },
  };
}

const [tcp, tls] = [stream("tcp"), stream("tls")];

const udp: TransportCase<DatagramClient> = {
  name: "udp",
  messageBoundaries: true,
  connectionless: true,
  place: async () => {
    // What those get that are not trusted is in tests/transport/udp_senders_test.ts.
    const listener = await listen({ transport: "udp", host: LOOPBACK, port: 0 }, { senders: { trusts: () => true } });
    const port = portOf(listener);
    return placeOf(listener, () => Promise.resolve(new DatagramTalker(port)), datagramsOf);
  },
};

const unix: TransportCase<StreamClient> = {
  name: "unix",
  messageBoundaries: false,
  missing: Deno.build.os === "windows" ? "a system that has them" : undefined,
  place: async () => {
    const folder = await Deno.makeTempDir({ prefix: "sockeye-unix-" });
    const path = `${folder}/socket`;
    const listener = await listen({ transport: "unix", path });
    const connect = async () => new StreamTalker(await Deno.connect({ transport: "unix", path }), `unix:${path}`);
    const clean = () => Deno.remove(folder, { recursive: true });
    return placeOf(listener, connect, streamOf, { host: path, clean });
  },
};

/** WebSockets on a port of their own, or at `/ws` on the port of a chat with a page. */
function webSocket(under: TransportCase<StreamClient>, name: "ws" | "wss", page = false): TransportCase<MessageClient> {
  return {
    name,
    ...(page && { title: `page over ${under.name}` }),
    messageBoundaries: true,
    missing: under.missing,
    place: async () => {
      const { listener: inner, connect: connectStream, dialling } = await listening(page ? under.name as "tcp" : name);
      const endings = new Endings();
      const listener = page
        ? listenForBrowsers(endings.ofListener(inner, (one) => endings.ofStream(one)))
        : endings.ofListener(inner, (one) => endings.ofSocket(one));
      const path = page ? { path: "/ws" } : {};
      const address = { transport: name, host: LOOPBACK, port: portOf(listener), ...path };
      const connect = async () => await MessageTalker.open(await connectStream());
      const wrap = (channel: Channel) => messagesOf(endings.ofSocket(channel));
      return placeOf(listener, connect, wrap, { address, dialling, clean: () => endings.over() });
    },
  };
}

/** Text clients on such a port. */
function besidePage(under: TransportCase<StreamClient>): TransportCase<StreamClient> {
  return {
    ...under,
    title: `text beside a page over ${under.name}`,
    place: async () => {
      const place = await under.place();
      return { ...place, listener: listenForBrowsers(place.listener) };
    },
  };
}

const BY_NAME: Readonly<Record<TransportName, TransportCase>> = {
  tcp,
  tls,
  udp,
  unix,
  ws: webSocket(tcp, "ws"),
  wss: webSocket(tls, "wss"),
};

/** The port of a chat with a page, which takes text clients and WebSockets. */
const PAGES: readonly TransportCase[] = [webSocket(tcp, "ws", true), webSocket(tls, "wss", true), besidePage(tcp)];

/** Every transport, and the port of a page. */
export const TRANSPORTS: readonly TransportCase[] = [...Object.values(BY_NAME), ...PAGES];

export const STREAMS = TRANSPORTS.filter((one): one is TransportCase<StreamClient> => !one.messageBoundaries);

export const MESSAGES = TRANSPORTS.filter((one) => one.messageBoundaries);

export const CONNECTIONS = TRANSPORTS.filter((one): one is TransportCase<ConnectedClient> => !one.connectionless);

/** WebSockets, also those of a page. */
export const WEB_SOCKETS = CONNECTIONS.filter((one): one is TransportCase<MessageClient> => one.messageBoundaries);

/** WebSockets in the clear that the platform's own client can reach: it trusts no certificate of ours. */
export const IN_THE_CLEAR = WEB_SOCKETS.filter(({ name }) => name === "ws");

export const DATAGRAMS = TRANSPORTS.filter((one): one is TransportCase<DatagramClient> => one.connectionless ?? false);

/** Binds the address of a listener. */
export async function listenAt(address: Address): Promise<Listener> {
  const options: ListenOptions = transportOf(address).secured ? { credentials: await certificate() } : {};
  return await listen(address, options);
}

/** Milliseconds in which a closed listener's address becomes free. */
const AGAIN_MS = 5_000;

/**
 * Binds the address of a listener that was closed. The system lets go of a socket when the read that waited on it has been told,
 * and a connection of another test may have the port for a while.
 */
export async function listenAgain(address: Address): Promise<Listener> {
  let listener: Listener | undefined;
  let failure: unknown;
  await eventually(async () => {
    listener = await listenAt(address).catch((error) => (failure = error, undefined));
    return listener !== undefined || !String(failure).includes("in use");
  }, AGAIN_MS);
  if (!listener) throw failure;
  return listener;
}

/** What is not the same everywhere. */
interface PlaceDetails {
  readonly host?: string;
  readonly address?: Address;
  readonly dialling?: DialOptions;
  clean?(): Promise<void>;
}

function placeOf<C extends Client>(
  listener: Listener,
  connect: () => Promise<C>,
  wrap: (channel: Channel) => Client,
  { host = LOOPBACK, address = listener.address, dialling = {}, clean }: PlaceDetails = {},
): Place<C> {
  return {
    listener,
    host,
    address,
    connect,
    dial: async () => wrap(await dial(address, dialling)),
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await clean?.();
    },
  };
}

function inetTalker(conn: Deno.TcpConn | Deno.TlsConn): StreamTalker {
  const { hostname, port } = conn.localAddr as Deno.NetAddr;
  return new StreamTalker(conn, `${hostname}:${port}`);
}

function streamOf(channel: Channel): Client {
  return new StreamTalker(channel);
}

function datagramsOf(channel: Channel): Client {
  const close = () => channel.close();
  return {
    name: "",
    say: async (what) => void await channel.write(typeof what === "string" ? new TextEncoder().encode(what) : what),
    hear: async () => await channel.receive?.() ?? new Uint8Array(),
    close,
    [Symbol.dispose]: close,
  };
}

function messagesOf(channel: Channel): MessageClient {
  return {
    ...datagramsOf(channel),
    finish: () => channel.closeWrite(),
    messages: () => allOf(() => channel.receive?.() ?? Promise.resolve(null)),
  };
}

let shared: ReturnType<typeof makeCertificate> | undefined;

/** One certificate is enough for all. */
function certificate(): ReturnType<typeof makeCertificate> {
  return shared ??= makeCertificate();
}

async function makeCertificate(): Promise<{ cert: string; key: string; ca: string }> {
  await using certificates = await Certificates.make();
  return { ...await certificates.signed(), ca: certificates.ca };
}
