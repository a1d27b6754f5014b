import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import { dial } from "../../../lib/transport/dial.ts";
import type { DialOptions } from "../../../lib/transport/transport.ts";
import { WebSocketChannel } from "../../../lib/transport/websocket/channel.ts";
import { dialWebSocket } from "../../../lib/transport/websocket/client.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { closeAll, hear, wire } from "./wire.ts";

/** What the platform's server does with a request. */
type Handler = (request: Request) => Response;

/** The platform's own server, and a way to it. */
function serve(handler: Handler) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  const { port } = server.addr;
  return {
    port,
    dial: async (ws: DialOptions["ws"] = {}, path = "/"): Promise<WebSocketChannel> => {
      const channel = await dial({ transport: "ws", host: "127.0.0.1", port, path }, { ws });
      assert(channel instanceof WebSocketChannel);
      return channel;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Gives each message back as it came; `types` gets what each one was. */
function echo(request: Request, options: Deno.UpgradeWebSocketOptions = {}, types: string[] = []): Response {
  const { socket, response } = Deno.upgradeWebSocket(request, options);
  socket.onmessage = ({ data }) => (types.push(typeof data), socket.send(data));
  return response;
}

async function leave(channel: WebSocketChannel): Promise<void> {
  await channel.closeWrite();
  assertEquals(await channel.receive(), null);
  await closeAll(channel);
}

Deno.test("dialWebSocket() talks to the platform's server, in texts, bytes and long messages", async () => {
  const types: string[] = [];
  await using server = serve((request) => echo(request, {}, types));
  const channel = await server.dial();
  assertEquals([channel.transport, channel.peer, channel.subprotocol], ["ws", `127.0.0.1:${server.port}`, undefined]);
  for (const message of ["héllo", "", "x".repeat(70_000)]) {
    await channel.write(bytesOf(message));
    assertEquals(textOf(await channel.receive() ?? Uint8Array.of(0)), message);
  }
  for (const message of [Uint8Array.of(0xff), bytesOf("an answer to binary")]) {
    await channel.write(message);
    assertEquals(await channel.receive(), message);
  }
  assertEquals(types, ["string", "string", "string", "object", "object"]);
  await leave(channel);
});

Deno.test("dialWebSocket() sends path, fields and subprotocols, and takes the one that was chosen", async () => {
  const types: string[] = [];
  let asked: [string, string | null, string | null] | undefined;
  await using server = serve((request) => {
    const { pathname, search } = new URL(request.url);
    asked = [pathname + search, request.headers.get("origin"), request.headers.get("sec-websocket-protocol")];
    return echo(request, { protocol: "two" }, types);
  });
  const options = { headers: [["Origin", "http://here"]], protocols: ["one", "two"], binary: true } as const;
  const channel = await server.dial(options, "/a?b=c");
  assertEquals([asked, channel.subprotocol], [["/a?b=c", "http://here", "one, two"], "two"]);
  await channel.write(bytesOf("text"));
  await channel.receive();
  assertEquals(types, ["object"]);
  await leave(channel);
});

Deno.test("dialWebSocket() names the host without the zone of its address", async () => {
  const cases = [
    ["fe80::1%eth0", 9000, "[fe80::1]:9000"],
    ["fe80::1%eth0", 80, "[fe80::1]"],
    ["::1", 9000, "[::1]:9000"],
    ["example.org", 9000, "example.org:9000"],
  ] as const;
  for (const [host, port, field] of cases) {
    const [inner, server] = wire();
    await server.closeWrite();
    const { signal } = new AbortController();
    const dialed = dialWebSocket(() => Promise.resolve(inner), { transport: "ws", host, port }, { signal });
    await assertRejects(() => dialed, SockeyeError, "the connection ended inside the header");
    assertStringIncludes(textOf(inner.writes[0] ?? new Uint8Array()), `\r\nHost: ${field}\r\n`);
  }
});

Deno.test("dialWebSocket() says why there is no WebSocket", async () => {
  const refusals: [Handler, kind: string, why: string][] = [
    [() => new Response("no", { status: 403 }), "status", "The server refuses the WebSocket: 403 Forbidden"],
    [() => new Response("a page"), "protocol", "no WebSocket was opened (status 200)"],
    [() => Response.redirect("http://localhost/"), "protocol", "no WebSocket was opened (status 302)"],
    [echo, "usage", "Sec-WebSocket-Key"],
  ];
  for (const [handler, kind, why] of refusals) {
    await using server = serve(handler);
    const headers = kind === "usage" ? [["Sec-WebSocket-Key", "mine"]] as const : [];
    const error = await assertRejects(() => server.dial({ headers }), SockeyeError, why);
    assertEquals(error.kind, kind);
  }
});

for (const [code, end] of [[1000, "end"], [4000, "closed by the peer with code 4000: enough"]] as const) {
  Deno.test(`a server that closes with code ${code} is the end, after all that it sent`, async () => {
    await using server = serve((request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => {
        socket.send("last words");
        socket.close(code, "enough");
      };
      return response;
    });
    const channel = await server.dial();
    assertEquals(await hear(channel), "last words");
    assertEquals(await channel.receive().then((bytes) => bytes ?? "end", (error: Error) => error.message), end);
    await closeAll(channel);
  });
}
