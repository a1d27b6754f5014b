import { assertEquals } from "@std/assert";
import type { Channel } from "../../../lib/transport/channel.ts";
import { WebChannel } from "../../../lib/chat/web/web_channel.ts";
import type { WebSocketLink } from "../../../lib/chat/web/web_socket.ts";

Deno.test("a visit becomes a WebSocket once: another one that comes its way is closed", () => {
  const raw = { transport: "tcp", host: "10.0.0.1", peer: "10.0.0.1:5" } as Channel;
  const channel = new WebChannel(raw, 1, { dial: () => Promise.reject(new Error("no way")), forget: () => {} });
  const story: string[] = [];
  for (const name of ["first", "second"]) {
    const link = { abort: () => void story.push(`${name} closed`) } as WebSocketLink;
    channel.upgrade(link, () => (story.push(`${name} begins`), raw));
  }
  assertEquals(story, ["first begins", "second closed"]);
});
