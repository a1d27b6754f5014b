import { assertEquals, assertThrows } from "@std/assert";
import { CaptureError } from "../../lib/capture/capture_parser.ts";
import { FLAG } from "../../lib/capture/format.ts";
import { concat } from "../../lib/bytes.ts";
import { singles } from "../text/random.ts";
import { block, datagram, type FileOptions, ipv4, ipv6, pcap, pcapng, segment, tcp, words } from "./files.ts";
import { find } from "./read.ts";
import { HELLO } from "./seeds.ts";

const SEEN = [
  "1 open 10.0.0.1:4000 10.0.0.2:80",
  ...["1 > hello", "1 < world", "1 > fin", "1 < fin", "1 close fin >"],
];

Deno.test("both formats are read in both byte orders and units of time, whole and byte by byte", () => {
  for (const make of [pcap, pcapng]) {
    for (const little of [true, false]) {
      for (const nano of [true, false]) {
        const file = make(HELLO, { little, nano });
        assertEquals(find(file), find(...singles(file)));
        assertEquals(find(file).lines, SEEN, `${make.name} ${little} ${nano}`);
      }
    }
  }
});

/** Puts bytes before every packet. */
function behind(hex: string, packets: readonly Uint8Array[] = HELLO): Uint8Array[] {
  return packets.map((packet) => concat([Uint8Array.fromHex(hex.replaceAll(" ", "")), packet]));
}

Deno.test("packets are found behind what each link puts before them", () => {
  const ends = "ffffffffffff aaaaaaaaaaaa";
  const links: [number, string][] = [
    [1, `${ends} 0800`],
    [1, `${ends} 8100 0001 0800`],
    [1, `${ends} 88a8 0001 8100 0002 0800`],
    [113, "0000 0001 0006 aaaaaaaaaaaa 0000 0800"],
    [276, "0800 0000 00000001 0001 00 06 aaaaaaaaaaaa0000"],
    [0, "02000000"],
    [108, "00000002"],
    [228, ""],
    [12, ""],
  ];
  for (const [link, head] of links) assertEquals(find(pcap(behind(head), { link })).lines, SEEN, `${link} ${head}`);
  const arp = find(pcap(behind(`${ends} 0806`), { link: 1 }));
  assertEquals([arp.lines, arp.conversations.counts.skipped.other], [[], 6]);
  assertEquals([...find(pcap(HELLO, { link: 147 })).conversations.counts.unknownLinks], [147]);
});

Deno.test("bytes after an IP packet, such as those that fill a frame up, are no data", () => {
  assertEquals(find(pcap(HELLO.map((packet) => concat([packet, new Uint8Array(6)])))).lines, SEEN);
});

Deno.test("IPv6 with headers of its extensions; fragments are counted and passed over", () => {
  const content = segment({ seq: 1, payload: "six" });
  const options = Uint8Array.of(6, 0, 1, 4, 0, 0, 0, 0);
  const routed = concat([Uint8Array.of(43, 0, 1, 4, 0, 0, 0, 0), options, content]);
  const atomic = concat([Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 1), segment({ seq: 4, payload: "!" })]);
  const first = concat([Uint8Array.of(6, 0, 0, 1, 0, 0, 0, 1), segment({ seq: 5, payload: "part" })]);
  const { lines, conversations } = find(pcap([
    ipv6(0, routed),
    ipv6(44, atomic),
    ipv6(44, first),
    ipv4(6, segment({ seq: 9 }), false, { 6: 0x2000 }),
    ipv4(6, segment({ seq: 9 }), false, { 6: 0x0010 }),
  ]));
  assertEquals(lines.slice(0, 3), ["1 open [fe80::1]:4000 [fe80::2]:80 began before", "1 > six", "1 > !"]);
  assertEquals(conversations.counts.skipped, { fragment: 3, other: 0, malformed: 0 });
});

Deno.test("segments in any order give each byte once, and both directions in their order", () => {
  const said = "the quick brown fox jumps over the lazy dog";
  const up = Array.from(said, (letter, i) => tcp({ seq: 100 + i, ack: 500, payload: letter }));
  const orders: number[][] = [[...up.keys()].toReversed(), [...up.keys()].toSorted((a, b) => a * 7 % 43 - b * 7 % 43)];
  for (const order of orders) {
    const shuffled = order.map((i) => up[i]!);
    const more = [
      ...HELLO.slice(4, 5).map(() => tcp({ seq: 100 + up.length, flags: FLAG.fin | FLAG.ack })),
      ...shuffled,
    ];
    for (const file of [[...HELLO.slice(0, 2), ...more], [...more, ...HELLO.slice(0, 2)]]) {
      const { lines, bytes } = find(pcap([...file, tcp({ seq: 500, flags: FLAG.fin | FLAG.ack, down: true })]));
      assertEquals(bytes.get(1)?.up, new TextEncoder().encode(said).toHex());
      assertEquals([lines[0], lines.at(-1)], [SEEN[0], "1 close fin >"]);
    }
  }
});

Deno.test("what was sent again, and what overlaps, is shown once; a keep-alive is no data", () => {
  const { lines } = find(pcap([
    ...HELLO.slice(0, 3),
    tcp({ seq: 100, payload: "hello" }),
    tcp({ seq: 102, payload: "llo, you" }),
    tcp({ seq: 109, payload: "X" }), // A keep-alive with a byte.
    tcp({ seq: 109 }), // Another one, without.
    ...HELLO.slice(3, 4),
    tcp({ seq: 112, payload: "last" }),
    tcp({ seq: 110, payload: "--" }),
  ]));
  assertEquals(lines.slice(1), ["1 > hello", "1 > , you", "1 < world", "1 > --", "1 > last", "1 close ?"]);
});

Deno.test("sequence numbers wrap, in order and out of order", () => {
  const last = 2 ** 32 - 3;
  const { lines } = find(pcap([
    tcp({ seq: last - 1, flags: FLAG.syn }),
    tcp({ seq: 2, payload: "fg" }),
    tcp({ seq: last, payload: "abcde" }),
    tcp({ seq: 4, payload: "h" }),
  ]));
  assertEquals(lines.slice(1, -1), ["1 > abcde", "1 > fg", "1 > h"]);
});

Deno.test("gaps are told where they are: lost packets, and packets that were not captured to their ends", () => {
  const lost = find(pcap([...HELLO.slice(0, 3), tcp({ seq: 1565, payload: "more" })]));
  assertEquals(lost.lines.slice(2), ["1 > gap 1460", "1 > more", "1 close ?"]);
  const long = tcp({ seq: 100, payload: "0123456789".repeat(10) });
  for (const make of [pcap, pcapng]) {
    const cut = find(make([...HELLO.slice(0, 2), long, tcp({ seq: 200, payload: "!" })], { snap: 50 }));
    assertEquals(cut.lines.slice(1), ["1 > 0123456789", "1 > gap 90", "1 > !", "1 close ?"]);
  }
});

Deno.test("a capture that begins in the middle: the ports tell the client", () => {
  const { lines } = find(pcap([
    tcp({ seq: 7, ack: 100, payload: "k", down: true, port: 50_000 }),
    tcp({ seq: 100, ack: 8, payload: "x", port: 50_000 }), // Before it was captured, 8 was acknowledged.
    tcp({ seq: 8, ack: 101, payload: "answer", down: true, port: 50_000 }),
  ]));
  assertEquals(lines, [
    "1 open 10.0.0.1:50000 10.0.0.2:80 began before",
    ...["1 < k", "1 > x", "1 < answer", "1 close ?"],
  ]);
  const asleep = find(pcap([
    tcp({ seq: 500, ack: 200, flags: FLAG.ack, down: true }),
    tcp({ seq: 199, payload: "\0" }),
    tcp({ seq: 200, payload: "awake" }),
  ]));
  assertEquals(asleep.lines.slice(1), ["1 > awake", "1 close ?"]);
});

Deno.test("the same ports again are another conversation; a reset waits for what was sent before it", () => {
  const reset = tcp({ seq: 505, ack: 105, flags: FLAG.rst | FLAG.ack, down: true });
  const again = [tcp({ seq: 70_000, flags: FLAG.syn }), tcp({ seq: 70_001, payload: "again" })];
  const { lines } = find(pcap([...HELLO.slice(0, 2), reset, HELLO[3]!, HELLO[2]!, ...again]));
  assertEquals(lines, [
    ...[SEEN[0], "1 < world", "1 > hello", "1 close reset <", SEEN[0]?.replace("1", "2"), "2 > again", "2 close ?"],
  ]);
  const refused = find(pcap([HELLO[0]!, tcp({ seq: 0, ack: 100, flags: FLAG.rst | FLAG.ack, down: true })]));
  assertEquals(refused.lines, [SEEN[0], "1 close reset <"]);
});

Deno.test("datagrams are conversations, empty ones as well", () => {
  const packets = [ipv4(17, datagram("ask")), ipv4(17, datagram("tell", true), true), ipv4(17, datagram(""))];
  assertEquals(find(pcap(packets)).lines, [
    "1 open 10.0.0.1:4000 10.0.0.2:53",
    "1 > ask",
    "1 < tell",
    "1 > ",
    "1 close ?",
  ]);
});

Deno.test("pcapng: blocks that are not known are passed over, a new section begins anew, a simple packet has no time", () => {
  const options: FileOptions = { little: false };
  const file = pcapng(HELLO.slice(0, 2), options);
  const simple = block(3, concat([words([HELLO[2]!.length], false), HELLO[2]!]), false);
  const rest = pcapng(HELLO.slice(3), { little: true, link: 228 });
  const strange = [block(0x40000bad, new Uint8Array(300_000), false), block(99, new Uint8Array(), false)];
  assertEquals(find(concat([file, ...strange, simple, rest])).lines, SEEN);
});

/** What is wrong with a file, and where. */
function wrong(file: Uint8Array): [string, number] {
  const { message, offset } = assertThrows(() => find(file), CaptureError);
  return [message, offset];
}

Deno.test("what cannot be is an error at its offset", () => {
  const good = pcapng(HELLO);
  const bad = (...parts: Uint8Array[]) => wrong(concat([good, ...parts]));
  const at = good.length;
  assertEquals(wrong(new Uint8Array()), ["no capture: it is empty", 0]);
  assertEquals(wrong(new TextEncoder().encode("# sockeye\n\n")), ["no capture: it is neither pcapng nor pcap", 0]);
  assertEquals(wrong(Uint8Array.fromHex("1f8b08000000000000030000")), ["no capture: unpack it with gunzip first", 0]);
  assertEquals(bad(words([6, 0xfffffffc, 0])), ["a block of 4294967292 bytes", at]);
  assertEquals(bad(words([6, 30, 0])), ["a block of 30 bytes", at]);
  assertEquals(bad(words([99, 8, 0])), ["a block of 8 bytes", at]);
  assertEquals(bad(words([99, 16, 0, 20])), ["a block with the lengths 16 and 20", at]);
  assertEquals(bad(block(6, words([0, 0, 0, 9, 9, 0]))), ["a packet of 9 bytes in a smaller block", at]);
  assertEquals(bad(block(6, words([1, 0, 0, 0, 0]))), ["a packet of interface 1, of which nothing was said", at]);
  assertEquals(bad(block(0x0a0d0d0a, words([5, 1, 0, 0]))), ["a section without its byte order", at]);
  const old = pcap(HELLO);
  assertEquals(wrong(concat([old, words([0, 0, 0xffffffff, 60])])), ["a packet of 4294967295 bytes", old.length]);
});

Deno.test("a file that is cut is read as far as it goes, wherever that is", () => {
  for (const file of [pcap(HELLO), pcapng(HELLO)]) {
    for (let end = 24; end < file.length; end++) {
      const { lines, cutAt } = find(file.subarray(0, end));
      assertEquals(cutAt === undefined || cutAt < end, true);
      assertEquals(lines.slice(0, -1), SEEN.slice(0, Math.max(lines.length - 1, 0)));
    }
  }
  // A block of 4 GiB is passed over as far as there is any of it.
  assertEquals(find(concat([pcapng(HELLO), words([99, 0xfffffffc, 0, 0])])).lines, SEEN);
});
