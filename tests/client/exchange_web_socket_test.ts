/** How a conversation over a WebSocket ends: the side that closed first is the one that is named. */

import { assertEquals } from "@std/assert";
import { exchange } from "../../lib/client/exchange.ts";
import { CLOSE, type Outgoing } from "../../lib/client/exchange_options.ts";
import { closePayload, OPCODES } from "../../lib/transport/websocket/write_frame.ts";
import { bytesOf, Recorder } from "../support/net.ts";
import { frame } from "../transport/websocket/cases.ts";
import { testServed } from "../transport/websocket/wire.ts";

async function* leave(): Outgoing {
  yield await Promise.resolve(bytesOf("x"));
  yield CLOSE;
}

async function* finish(): Outgoing {
  yield await Promise.resolve(bytesOf("x"));
}

async function* hang(): Outgoing {
  yield* finish();
  await new Promise<never>(() => {});
}

const CLOSING = frame(OPCODES.close, closePayload(1000));
const CUT = "closed without a close frame (1006)";

for (
  const [what, outgoing, options, answer, reason, failure] of [
    ["we leave", leave, {}, CLOSING, "closed by you"],
    ["we have sent everything", finish, {}, CLOSING, "closed"],
    ["our wait is over", finish, { wait: 500 }, CLOSING, "closed: the wait for answers is over"],
    ["the peer closes", hang, {}, CLOSING, "closed by the peer"],
    ["the peer is gone", hang, {}, undefined, `lost: ${CUT}`, `Connection to 10.0.0.1:5000 lost: ${CUT}`],
    [
      "the peer is gone after our close",
      leave,
      {},
      undefined,
      `lost: ${CUT}`,
      `Connection to 10.0.0.1:5000 lost: ${CUT}`,
    ],
  ] as const
) {
  testServed(`exchange() over a WebSocket names the end: ${what}`, async ({ channel, client, reader }, clock) => {
    const recorder = new Recorder();
    const talk = exchange(channel, outgoing(), { on: recorder.report, ...options }).then(() => undefined, String);
    assertEquals(await reader.next(), "text 78");
    if ("wait" in options) await clock.advance(options.wait);
    if (outgoing !== hang) assertEquals(await reader.next(), "close 1000 ");
    if (answer) await client.write(answer);
    else await client.closeWrite();
    assertEquals([await talk, recorder.of("close")[0]?.reason], [failure && `SockeyeError: ${failure}`, reason]);
  }, { role: "client" });
}
