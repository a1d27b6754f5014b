/** `sockeye tap` between WebSockets. */

import { once } from "node:events";
import { assertEquals } from "@std/assert";
import { spawnSockeye } from "../support/harness.ts";
import { textOf } from "../support/sockets.ts";

Deno.test("tap between WebSockets keeps each message text or binary, whatever the other side said last", async () => {
  const heard: string[] = [];
  const typeOf = (data: unknown) =>
    typeof data === "string" ? `text ${data}` : `binary ${textOf(new Uint8Array(data as ArrayBuffer))}`;
  // It answers each message with one of the other type.
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      heard.push(typeOf(data));
      socket.send(typeof data === "string" ? new TextEncoder().encode(data) : textOf(new Uint8Array(data)));
    };
    return response;
  });
  await using tap = spawnSockeye(["tap", "ws://127.0.0.1:0", `ws://127.0.0.1:${server.addr.port}`]);
  const client = new WebSocket(`ws://127.0.0.1:${await tap.port()}`);
  client.binaryType = "arraybuffer";
  const got: string[] = [];
  await once(client, "open");
  for (const message of ["a", "b", Uint8Array.of(0x63), Uint8Array.of(0x64), "e"]) {
    client.send(message);
    const [{ data }] = await once(client, "message");
    got.push(typeOf(data));
  }
  assertEquals(heard, ["text a", "text b", "binary c", "binary d", "text e"]);
  assertEquals(got, ["binary a", "binary b", "text c", "text d", "binary e"]);
  const closed = once(client, "close");
  client.close();
  await closed;
  await server.shutdown();
});
