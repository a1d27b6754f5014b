import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import { dial } from "../../../lib/transport/dial.ts";
import { WebSocketChannel } from "../../../lib/transport/websocket/channel.ts";
import { dialWebSocket } from "../../../lib/transport/websocket/client.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { closeAll, hear, wire } from "./wire.ts";

Deno.test("dialWebSocket() talks to the platform's server, in texts, bytes and long messages", async () => {
  const types: string[] = [];
  const onListen = () => {};
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => (types.push(typeof data), socket.send(data));
    return response;
  });
  const { port } = server.addr;
  const channel = await dial({ transport: "ws", host: "127.0.0.1", port });
  assert(channel instanceof WebSocketChannel);
  assertEquals([channel.transport, channel.peer, channel.subprotocol], ["ws", `127.0.0.1:${port}`, undefined]);
  for (const message of ["héllo", "", "x".repeat(70_000)]) {
    await channel.write(bytesOf(message));
    assertEquals(await hear(channel), message);
  }
  for (const message of [Uint8Array.of(0xff), bytesOf("an answer to binary")]) {
    await channel.write(message);
    assertEquals(await channel.receive(), message);
  }
  assertEquals(types, ["string", "string", "string", "object", "object"]);
  await channel.closeWrite();
  assertEquals(await channel.receive(), null);
  await closeAll(channel);
});

Deno.test("dialWebSocket() takes a server for one of TLS that says nothing or sends an alert", async () => {
  const hint = "; does it speak TLS? Try wss://";
  for (
    const [said, expected] of [["", hint], ["\x15\x03\x03\0\x02\x02\x32", hint], ["HTTP/1.1 101 OK\r\n", ""]] as const
  ) {
    const [inner, server] = wire();
    await server.write(bytesOf(said));
    await server.closeWrite();
    const address = { transport: "ws", host: "localhost", port: 9000 } as const;
    const dialed = dialWebSocket(() => Promise.resolve(inner), address, { signal: new AbortController().signal });
    const { message } = await assertRejects(() => dialed, SockeyeError);
    assertEquals(message, `Bad answer: the connection ended inside the header${expected}`);
  }
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
    await assertRejects(
      () => dialed,
      SockeyeError,
      "Bad answer: the connection ended inside the header; does it speak TLS?",
    );
    assertStringIncludes(textOf(inner.writes[0] ?? new Uint8Array()), `\r\nHost: ${field}\r\n`);
  }
});
