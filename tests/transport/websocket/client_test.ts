import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import { dial } from "../../../lib/transport/dial.ts";
import type { DialOptions } from "../../../lib/transport/transport.ts";
import { dialWebSocket } from "../../../lib/transport/websocket/client.ts";
import { WebSocketChannel } from "../../../lib/transport/websocket/channel.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { wire } from "./wire.ts";

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

/** Gives each message back as it came. */
function echo(request: Request, options: Deno.UpgradeWebSocketOptions = {}): Response {
  const { socket, response } = Deno.upgradeWebSocket(request, options);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}

async function leave(channel: WebSocketChannel): Promise<void> {
  await channel.closeWrite();
  assertEquals(await channel.receive(), null);
  channel.close();
  await channel.finished;
}

Deno.test("dialWebSocket() talks to the platform's server, in texts, bytes and long messages", async () => {
  await using server = serve(echo);
  const channel = await server.dial();
  assertEquals([channel.transport, channel.peer, channel.subprotocol], ["ws", `127.0.0.1:${server.port}`, undefined]);
  for (const [message, type] of [["héllo", "text"], ["", "text"], ["x".repeat(70_000), "text"]] as const) {
    await channel.write(bytesOf(message));
    assertEquals(textOf(await channel.receive() ?? new Uint8Array()), message);
    assertEquals(channel.lastType, type);
  }
  await channel.write(Uint8Array.of(0xff));
  assertEquals([await channel.receive(), channel.lastType], [Uint8Array.of(0xff), "binary"]);
  await leave(channel);
});

Deno.test("dialWebSocket() sends path, fields and subprotocols, and takes the one that was chosen", async () => {
  let asked: [string, string | null, string | null] | undefined;
  await using server = serve((request) => {
    const { pathname, search } = new URL(request.url);
    asked = [pathname + search, request.headers.get("origin"), request.headers.get("sec-websocket-protocol")];
    return echo(request, { protocol: "two" });
  });
  const channel = await server.dial(
    { headers: [["Origin", "http://here"]], protocols: ["one", "two"], binary: true },
    "/a?b=c",
  );
  assertEquals([asked, channel.subprotocol], [["/a?b=c", "http://here", "one, two"], "two"]);
  await channel.write(bytesOf("text"));
  await channel.receive();
  assertEquals(channel.lastType, "binary");
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
  ];
  for (const [handler, kind, why] of refusals) {
    await using server = serve(handler);
    const error = await assertRejects(() => server.dial(), SockeyeError);
    assertEquals(error.kind, kind);
    assertStringIncludes(error.message, why);
  }
  await using server = serve(echo);
  const error = await assertRejects(() => server.dial({ headers: [["Sec-WebSocket-Key", "mine"]] }), SockeyeError);
  assertEquals(error.kind, "usage");
});

Deno.test("dialWebSocket() is not taken in by a server that ends, or speaks something else", async () => {
  for (
    const [answer, why] of [["", "the connection ended inside the header"], [
      "220 smtp\r\n",
      "not a status line",
    ]] as const
  ) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answering = (async () => {
      using conn = await listener.accept();
      await conn.read(new Uint8Array(1000));
      await conn.write(bytesOf(answer));
    })();
    const { port } = listener.addr;
    await assertRejects(() => dial({ transport: "ws", host: "127.0.0.1", port }), SockeyeError, why);
    await answering;
    listener.close();
  }
});

for (
  const { code, end } of [
    { code: 1000, end: "end" },
    { code: 4000, end: "closed by the peer with code 4000: enough" },
  ]
) {
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
    assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "last words");
    assertEquals(await channel.receive().then((bytes) => bytes ?? "end", (error: Error) => error.message), end);
    channel.close();
    await channel.finished;
  });
}
