import { assert, assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { UNREAD_LIMIT } from "../../lib/transport/limits.ts";
import { NodeChannel } from "../../lib/transport/node_channel.ts";

for (const [size, most] of [[1, 5_000], [1_000, 300], [UNREAD_LIMIT, 1]] as const) {
  Deno.test(`NodeChannel holds back a peer that sends ${size} bytes at a time, and loses none of them`, async () => {
    const socket = new EventEmitter() as Socket;
    const calls: string[] = [];
    const throttle = { pause: () => void calls.push("pause"), resume: () => void calls.push("resume") };
    const channel = new NodeChannel(socket, { host: "::1", peer: "[::1]:9" }, "tls", throttle);
    let chunks = 0;
    while (calls.length === 0) socket.emit("data", new Uint8Array(size).fill(chunks++ % 251));
    assert(chunks <= most, `${chunks} chunks`);
    socket.emit("end");
    const buffer = new Uint8Array(700);
    let [wrong, read] = [0, 0];
    for (let count; (count = await channel.read(buffer)) !== null; read += count) {
      for (let i = 0; i < count; i++) wrong += buffer[i] === Math.floor((read + i) / size) % 251 ? 0 : 1;
    }
    assertEquals([wrong, read, calls], [0, chunks * size, ["pause", "resume"]]);
  });
}
