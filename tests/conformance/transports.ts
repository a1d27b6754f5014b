/**
 * The table of transports: how to listen on a free place of each, and how to reach it. A new transport does not compile
 * before it has its line here; every test of this folder runs over it then.
 *
 * @module
 */

import type { TransportName } from "../../lib/events.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Channel, Listener } from "../../lib/transport/channel.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen } from "../../lib/transport/mod.ts";
import type { DialOptions, ListenOptions } from "../../lib/transport/transport.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { turn } from "../support/clock.ts";
import { portOf } from "../support/net.ts";
import { WebListener } from "../../lib/chat/web/web_listen.ts";
import { Record as RoomRecord } from "../../lib/chat/web/record.ts";
import { ChatSite } from "../../lib/chat/web/site.ts";
import { WebSocketTalker } from "./web_sockets.ts";
import { type Client, type DatagramClient, DatagramTalker, type StreamClient, StreamTalker } from "./clients.ts";

/** A listener, and the ways to it. */
export interface Place<C extends Client = Client> extends AsyncDisposable {
  /** Bound; who serves it closes it. */
  readonly listener: Listener;
  /** The only host that clients come from. */
  readonly host: string;
  /** Connects as somebody else's program does. */
  connect(): Promise<C>;
  /** Connects as sockeye's own client does. */
  dial(): Promise<Client>;
}

/** A transport as the tests know it. */
export interface TransportCase<C extends Client = Client> {
  /** Its name. */
  readonly name: TransportName;
  /** Whether messages keep their borders; else it is a stream, with an end in each direction. */
  readonly messageBoundaries: boolean;
  /** What it needs that is not here. */
  readonly missing?: string | undefined;
  /** Listens on a free place. */
  place(): Promise<Place<C>>;
}

const LOOPBACK = "127.0.0.1";

const tcp: TransportCase<StreamClient> = {
  name: "tcp",
  messageBoundaries: false,
  place: async () => {
    const listener = await listen({ transport: "tcp", host: LOOPBACK, port: 0 });
    const port = portOf(listener);
    return placeOf(listener, async () => inetTalker(await Deno.connect({ hostname: LOOPBACK, port })), streamOf);
  },
};

const tls: TransportCase<StreamClient> = {
  name: "tls",
  messageBoundaries: false,
  missing: hasOpenssl ? undefined : "openssl",
  place: async () => {
    const { ca, ...credentials } = await certificate();
    const listener = await listen({ transport: "tls", host: LOOPBACK, port: 0 }, { credentials });
    const port = portOf(listener);
    const connect = async () => {
      const conn = await Deno.connectTls({ hostname: LOOPBACK, port, caCerts: [ca] });
      await conn.handshake();
      return inetTalker(conn);
    };
    return placeOf(listener, connect, streamOf, { dialling: { tls: { ca } } });
  },
};

const udp: TransportCase<DatagramClient> = {
  name: "udp",
  messageBoundaries: true,
  place: async () => {
    const listener = await listen({ transport: "udp", host: LOOPBACK, port: 0 });
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

/** Who speaks HTTP comes through the port of another transport; sockeye's own client comes there as ever. */
function web(under: TransportCase<StreamClient>, name: "ws" | "wss"): TransportCase<StreamClient> {
  return {
    ...under,
    name,
    place: async () => {
      const place = await under.place();
      const listener = new WebListener(place.listener, new ChatSite(new RoomRecord(), []));
      return {
        ...place,
        listener,
        connect: async () => WebSocketTalker.open(await place.connect()),
        [Symbol.asyncDispose]: async () => {
          listener.close();
          await listener.finished;
        },
      };
    },
  };
}

const BY_NAME: Readonly<Record<TransportName, TransportCase>> = {
  tcp,
  tls,
  udp,
  unix,
  ws: web(tcp, "ws"),
  wss: web(tls, "wss"),
};

/** Every transport. */
export const TRANSPORTS: readonly TransportCase[] = Object.values(BY_NAME);

/** Those that carry a stream. */
export const STREAMS = TRANSPORTS.filter((one): one is TransportCase<StreamClient> => !one.messageBoundaries);

/** Those that carry datagrams. */
export const DATAGRAMS = TRANSPORTS.filter((one): one is TransportCase<DatagramClient> => one.messageBoundaries);

/** Binds the address of a listener that was closed once more. */
export async function listenAgain(address: Address): Promise<Listener> {
  await turn(); // The system lets go of a socket when the read that waited on it has been told.
  const options: ListenOptions = address.transport === "tls" ? { credentials: await certificate() } : {};
  return await listen(address, options);
}

/** What is not the same everywhere. */
interface PlaceDetails {
  readonly host?: string;
  readonly dialling?: DialOptions;
  clean?(): Promise<void>;
}

function placeOf<C extends Client>(
  listener: Listener,
  connect: () => Promise<C>,
  wrap: (channel: Channel) => Client,
  { host = LOOPBACK, dialling, clean }: PlaceDetails = {},
): Place<C> {
  return {
    listener,
    host,
    connect,
    dial: async () => wrap(await dial(listener.address, dialling)),
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

let shared: ReturnType<typeof makeCertificate> | undefined;

/** One certificate is enough for all. */
function certificate(): ReturnType<typeof makeCertificate> {
  return shared ??= makeCertificate();
}

async function makeCertificate(): Promise<{ cert: string; key: string; ca: string }> {
  await using certificates = await Certificates.make();
  return { ...await certificates.signed(), ca: certificates.ca };
}
