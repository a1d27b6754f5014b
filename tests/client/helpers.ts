/** What the tests of the client's conversation share. */

import { exchange } from "../../lib/client/exchange.ts";
import { CLOSE, type ExchangeOptions, FIN, type Outgoing } from "../../lib/client/exchange_options.ts";
import { bytesOf, FakeChannel, Recorder } from "../support/net.ts";

/** Says something, then ends. */
export async function* say(...parts: (string | typeof CLOSE)[]): Outgoing {
  await Promise.resolve();
  for (const part of parts) yield part === CLOSE ? CLOSE : bytesOf(part);
}

/** Says something, then neither says more nor ends. */
export async function* sayAndHang(...parts: string[]): Outgoing {
  yield* say(...parts);
  await new Promise<never>(() => {});
}

/** Says something when a promise has settled, then ends, or hangs. */
export async function* sayAfter(pause: Promise<void>, text: string, then: () => Outgoing = () => say()): Outgoing {
  await pause;
  yield* say(text);
  yield* then();
}

/** Says something and ends its half after it. */
export async function* andFin(speech: Outgoing): Outgoing {
  yield* speech;
  yield FIN;
}

/** A conversation on a channel in memory, and the bytes that its end tells. */
export function converse(speech: Outgoing, options: ExchangeOptions = {}, channel = new FakeChannel()) {
  const recorder = new Recorder();
  const { report } = recorder;
  const over = exchange(channel, speech, { on: report, onTraffic: report, ...options });
  const totals = over.then(() => {
    const [{ received, sent } = {}] = recorder.of("close");
    return { received, sent };
  });
  totals.catch(() => {});
  return { channel, recorder, totals };
}
