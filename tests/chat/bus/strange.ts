/**
 * What another client may write on the subjects of a room.
 *
 * @module
 */

/** Messages that no server of the room has sent; `own` is one of its servers. */
export function strangeMessages(own: string): string[] {
  const eve = "f".repeat(16);
  const forged = (s: string, ...events: unknown[]) => JSON.stringify({ v: 2, s, late: false, events });
  return [
    "",
    "hello",
    "{}",
    "[]",
    "null",
    '{"v":1}',
    '{"v":2}',
    "\xff\xfe",
    "x".repeat(1_000_000),
    "[".repeat(500_000),
    JSON.stringify({ v: 2, s: eve, id: -1, name: "../\x1b", text: "\x1b[2J" }),
    forged(eve),
    forged(eve, null),
    forged(eve, { k: "say", id: 1, name: "x\x1b[2J", texts: ["hello"] }),
    forged(eve, { k: "say", id: 1, name: "eve", texts: ["\x07".repeat(60_000)] }),
    forged(eve, ...Array.from({ length: 5_000 }, (_, id) => ({ k: "join", id, name: `eve${id}` }))),
    forged(eve, { k: "gone", server: "x" }),
    forged(eve, { k: "here", ids: ["x"] }),
    forged(own, { k: "private", id: 1, name: "eve", text: "\x1b[2J" }),
    forged(own, { k: "gone", server: "e".repeat(16) }),
  ];
}
