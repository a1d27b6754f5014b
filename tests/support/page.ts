/** A page of a chat, as its WebSocket alone. */

import type { Chatter } from "./chatter.ts";

/** A page that has joined as Ann, and the code with which its connection ends. */
export async function joinPage(port: number, client: Chatter): Promise<{ socket: WebSocket; closed: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  const closed = Promise.withResolvers<number>();
  socket.onclose = ({ code }) => closed.resolve(code);
  socket.onopen = () => socket.send('{"join":{"name":"Ann"}}');
  await client.hears(/ Ann joined$/);
  return { socket, closed: closed.promise };
}
