/** Random sessions for recordings, and what passed in them. */

import type { Recorder } from "../../lib/capture/recorder.ts";
import { randomFrom } from "../text/random.ts";

export interface Session {
  readonly up: string;
  readonly down: string;
}

/** Records sessions that go on at the same time, over IPv4, IPv6 and both; says in hex what passed in each. */
export async function recordSessions(recorder: Recorder, count: number, seed: number): Promise<Session[]> {
  const random = randomFrom(seed);
  const hosts = ["127.0.0.1", "192.168.7.250", "::1", "2001:db8::17", undefined];
  const host = () => hosts[random(hosts.length)];
  const sessions = Array.from({ length: count }, (_, i) => {
    const [client, server] = [host(), host()];
    const conversation = recorder.open({
      client: client === undefined ? undefined : { hostname: client, port: 40_000 + i },
      server: server === undefined ? undefined : { hostname: server, port: 9000 },
      ...(random(3) === 0 && { comment: `session ${i}` }),
    });
    return { conversation, passed: { up: "", down: "" } };
  });
  const open = new Set(sessions);
  while (open.size > 0) {
    const session = [...open][random(open.size)]!;
    const { conversation, passed } = session;
    const dir = random(2) === 0 ? "up" : "down";
    const what = random(20);
    if (what === 0) {
      conversation.end(dir, "reset");
      open.delete(session);
    } else if (what === 1) {
      conversation.end("up", "fin");
      conversation.end("down", "fin");
      open.delete(session);
    } else {
      const size = [random(8), random(200), random(5000), random(70_000)][random(4)]!;
      const bytes = Uint8Array.from({ length: size }, () => random(256));
      if (what === 2) conversation.comment("a fault was applied: delay=100ms");
      await conversation.data(dir, bytes);
      passed[dir] += bytes.toHex();
    }
  }
  return sessions.map(({ passed }) => passed);
}
