/** What the tests of the server share. */

import type { Mode } from "../../lib/server/mode.ts";
import { type PeerOptions, ServedPeer } from "../../lib/server/peer.ts";
import { FakeChannel, Recorder } from "../support/net.ts";

/** Sends every byte back. */
export const ECHO: Mode = { data: (peer, bytes) => peer.send(bytes) };

/** Serves one peer on a channel in memory; a mode that is not given reads and is silent. */
export function servePeer<C extends FakeChannel = FakeChannel>(
  mode: Partial<Mode> = {},
  options: Partial<PeerOptions> = {},
  channel: C = new FakeChannel() as C,
): { channel: C; peer: ServedPeer; recorder: Recorder; over: Promise<void> } {
  const recorder = new Recorder();
  const { report } = recorder;
  const all = { on: report, onTraffic: report, idle: 0, ...options };
  const peer = new ServedPeer(7, channel, { data: () => {}, ...mode }, all);
  return { channel, peer, recorder, over: peer.run() };
}
