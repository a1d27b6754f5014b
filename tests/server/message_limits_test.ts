import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { longestMessage, MessageLimits } from "../../lib/server/message_limits.ts";
import { DATAGRAM_MAX } from "../../lib/transport/limits.ts";

const tcp = { transport: "tcp", host: "::1" } as const;
const udp = { transport: "udp", host: "::1" } as const;

Deno.test("longestMessage() is that of the transport, or the one that was chosen; a stream has none", () => {
  const cases = [
    [tcp, Infinity],
    [{ ...tcp, messageMax: 5 }, Infinity],
    [udp, DATAGRAM_MAX],
    [{ transport: "ws", messageMax: 5 }, 5],
  ] as const;
  for (const [channel, longest] of cases) assertEquals(longestMessage(channel), longest);
});

Deno.test("MessageLimits says why a message is too long", () => {
  const limits = new MessageLimits({ ...udp, messageMax: 5 });
  assertEquals(limits.whyNot(5), undefined);
  assertMatch(limits.whyNot(6)?.message ?? "", /\b6\b.*\b5\b/);
});

Deno.test("MessageLimits counts what goes to an address that may be forged", () => {
  let left = 10;
  const unproven = { silent: false, claim: (length: number) => length <= left && (left -= length, true) };
  const limits = new MessageLimits({ ...udp, unproven });
  assertEquals([limits.whyNot(6), limits.whyNot(4)], [undefined, undefined]);
  assertMatch(limits.whyNot(1)?.message ?? "", /forged/);
});

Deno.test("MessageLimits leaves out what is too long, tells each, and copies nothing where all fits", () => {
  const limits = new MessageLimits({ ...udp, messageMax: 5 });
  const told: string[] = [];
  const tell = ({ kind }: { kind: string }) => void told.push(kind);
  const fitting = [new Uint8Array(5), new Uint8Array(0)];
  assertStrictEquals(limits.leaveOut(fitting, tell), fitting);
  assertEquals(limits.leaveOut([new Uint8Array(6), ...fitting, new Uint8Array(7)], tell), fitting);
  assertEquals(told.length, 2);
});
