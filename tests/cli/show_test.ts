import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { FLAG } from "../../lib/capture/format.ts";
import { block, datagram, ipv4, pcap, pcapng, tcp, words } from "../capture/files.ts";
import { HELLO } from "../capture/seeds.ts";
import { brokenPipe } from "./helpers.ts";
import { start, test } from "./running.ts";

/** What `show` prints of a capture on standard input, and its exit code. */
async function show(file: Uint8Array, ...args: string[]) {
  const { system, code } = start(["show", "-", ...args]);
  system.stdin.feed(file).end();
  return { code: await code, stdout: system.stdout.text, stderr: system.stderr.text };
}

function events(stdout: string): Record<string, unknown>[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const OTHER = [
  tcp({ seq: 9, flags: FLAG.syn, port: 4001 }),
  tcp({ seq: 10, payload: "你好\r\nERR 1\r\n", port: 4001 }),
  tcp({ seq: 1470 + 20, payload: "late", port: 4001 }),
];
const DNS = [ipv4(17, datagram("ask")), ipv4(17, datagram("tell", true), true)];
const FILE = pcapng([...HELLO, ...OTHER, ...DNS]);

test("show prints the conversations as a transcript", async () => {
  const { code, stdout, stderr } = await show(FILE);
  assertEquals([code, stdout.split("\n")], [
    0,
    ["#1 > hello", "#1 < world", "#2 > 你好", "#2 > ERR 1", "#3 > ask", "#3 < tell", "#2 > late", ""],
  ]);
  assertEquals(stderr.split("\n"), [
    "#1 10.0.0.1:4000 connected to 10.0.0.2:80",
    "#1 closed by the client; 5 B up, 5 B down, 5 ms",
    "#2 10.0.0.1:4001 connected to 10.0.0.2:80",
    "#3 10.0.0.1:4000 speaks to 10.0.0.2:53",
    "#2 10.0.0.1:4001 1,465 bytes were not captured, client to server",
    "#2 the capture ends; 19 B up, 0 B down, 2 ms",
    "#3 the capture ends; 3 B up, 4 B down, 1 ms",
    "",
  ]);
});

test("show --json gives the events with the time of the capture", async () => {
  const { stdout } = await show(FILE, "--json", "--stream", "2");
  const [open, message, gap, late, close, done] = events(stdout);
  const peer = "10.0.0.1:4001";
  const at = (ms: number) => `2026-12-01T00:00:00.00${ms}Z`;
  assertEquals(open, { t: at(6), event: "open", id: 2, peer, target: "10.0.0.2:80", transport: "tcp" });
  const text = "你好\r\nERR 1\r\n";
  assertEquals(message, { t: at(7), event: "send", id: 2, peer, dir: "up", bytes: 15, text });
  assertEquals([gap?.event, gap?.missing, gap?.dir, late?.text], ["notice", 1465, "up", "late"]);
  assertEquals([close?.event, close?.reason, close?.sent, done?.event], ["close", "the capture ends", 19, "done"]);
});

test("show --list has a line for each conversation", async () => {
  const { stdout } = await show(FILE, "--list");
  const lines = stdout.split("\n").map((line) => line.replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME").replace(/ {2,}/g, "  "));
  assertEquals(lines, [
    "#  time  client > server  up  down  messages  lasted  end",
    "#1  TIME  tcp  10.0.0.1:4000 > 10.0.0.2:80  5 B  5 B  2  5 ms  closed by the client",
    "#2  TIME  tcp  10.0.0.1:4001 > 10.0.0.2:80  19 B  0 B  2  2 ms  the capture ends; 1.4 KiB not captured",
    "#3  TIME  udp  10.0.0.1:4000 > 10.0.0.2:53  3 B  4 B  2  1 ms  the capture ends",
    "",
  ]);
  const [first, , third] = events((await show(FILE, "--list", "--json")).stdout);
  const ends = { client: "10.0.0.1:4000", server: "10.0.0.2:80" };
  const counts = { up: 5, down: 5, missing: 0, messages: 2 };
  const ending = { reason: "closed by the client", how: "fin", by: "up", ms: 5 };
  const t = "2026-12-01T00:00:00.000Z";
  assertEquals(first, { t, event: "conversation", id: 1, transport: "tcp", ...ends, ...counts, ...ending });
  assertEquals(third?.transport, "udp");
});

test("show --grep shows messages that match, by text in the encoding or by bytes", async () => {
  const messages = async (...args: string[]) => (await show(FILE, "-q", ...args)).stdout;
  assertEquals(await messages("--grep", "^wor"), "#1 < world\n");
  assertEquals(await messages("--frame", "line", "--grep", "^ERR"), "#2 > ERR 1\n");
  assertEquals(await messages("--grep", "hex:6c 6c 6f"), "#1 > hello\n");
  assertEquals(await messages("--grep", "nothing"), "");
  assertMatch(await messages("--grep", "tell", "--list"), /^#.*\n#3 .*\n$/);
  const gbk = pcap([tcp({ seq: 1, payload: Uint8Array.of(0xc4, 0xe3, 0xba, 0xc3) })]);
  assertEquals((await show(gbk, "-q", "-e", "gbk", "--grep", "你")).stdout, "#1 > 你好\n");
});

test("show --frame cuts both directions, gap by the time of the capture", async () => {
  const pieces = ["ab", "cd", "ef"].map((payload, i) => tcp({ seq: 1 + 2 * i, payload }));
  const silent = Array.from({ length: 60 }, () => ipv4(1, new Uint8Array(8)));
  const file = pcap([...pieces.slice(0, 2), ...silent, ...pieces.slice(2)]);
  assertEquals((await show(file, "-q", "--frame", "gap:50ms")).stdout, "#1 > abcd\n#1 > ef\n");
  assertEquals((await show(file, "-q", "--frame", "fixed:4")).stdout, "#1 > abcd\n#1 > ef  (unfinished)\n");
  const [, first] = events((await show(file, "--frame", "fixed:3", "--json")).stdout);
  assertEquals([first?.text, first?.t], ["abc", "2026-12-01T00:00:00.001Z"]);
});

test("show --checksum judges both directions", async () => {
  const modbus = Uint8Array.fromHex("010300000001840a");
  const bad = Uint8Array.fromHex("0103020000b845");
  const file = pcap([tcp({ seq: 1, payload: modbus }), tcp({ seq: 1, payload: bad, down: true })]);
  const checked = events((await show(file, "--checksum", "crc16-modbus", "--json")).stdout);
  assertEquals(checked.filter(({ checksum }) => checksum).map(({ checksum }) => checksum), [
    { ok: true, has: "840a", want: "840a" },
    { ok: false, has: "b845", want: "b844" },
  ]);
});

test("show -x dumps both directions, with the offset in the stream", async () => {
  const { stdout } = await show(pcap([...HELLO.slice(0, 3), tcp({ seq: 105, payload: "!" })]), "-x", "-q");
  const rows = stdout.split("\n").map((row) => row.replace(/^\S+ (?=#)/, "").slice(0, 24));
  assertEquals(rows.slice(0, 4), [
    "#1 > 5 bytes",
    "00000000  68 65 6c 6c 6f",
    "#1 > 1 byte",
    "00000005  21            ",
  ]);
});

test("what one write sent in several segments is one message", async () => {
  const file = pcapng([]);
  const packet = (seq: number, payload: string, flags: number) => {
    const bytes = tcp({ seq, payload, flags });
    return block(6, concat([words([0, 0, 1000, bytes.length, bytes.length]), bytes]));
  };
  const { stdout } = await show(
    concat([
      file,
      packet(1, "one ", FLAG.ack),
      packet(5, "write", FLAG.ack | FLAG.psh),
      packet(10, "two", FLAG.ack | FLAG.psh),
    ]),
    "-q",
  );
  assertEquals(stdout, "#1 > one write\n#1 > two\n");
});

test("remarks of the file are told", async () => {
  const bytes = HELLO[0]!;
  const comment = concat([words([1 | 5 << 16]), new TextEncoder().encode("\x1b[31m\0\0\0")]);
  const file = concat([pcapng([]), block(6, concat([words([0, 0, 0, bytes.length, bytes.length]), bytes, comment]))]);
  assertStringIncludes((await show(file)).stderr, "#1 10.0.0.1:4000 comment: \\x1b[31m\n");
});

test("a capture that is cut or wrong is shown as far as it goes", async () => {
  const cut = await show(FILE.subarray(0, FILE.length - 3), "--stream", "3");
  assertEquals([cut.code, cut.stdout], [0, "#3 > ask\n"]);
  assertMatch(cut.stderr, /^The file is cut within the block at byte \d+: what comes before it was read$/m);
  const wrong = await show(concat([FILE, words([6, 0xffffffff, 0])]), "--stream", "3", "-q");
  assertEquals(wrong, {
    code: 9,
    stdout: "#3 > ask\n#3 < tell\n",
    stderr: `sockeye: Cannot read "-" beyond byte ${FILE.length}: a block of 4294967295 bytes\n`,
  });
  const none = await show(new TextEncoder().encode("#!/bin/sh\necho hello\n"));
  assertEquals([none.code, none.stderr], [9, 'sockeye: Cannot read "-": no capture: it is neither pcapng nor pcap\n']);
  const empty = await show(new Uint8Array());
  assertEquals([empty.code, empty.stderr], [9, 'sockeye: Cannot read "-": no capture: it is empty\n']);
});

test("what is passed over is told", async () => {
  const fragment = ipv4(6, new Uint8Array(20), false, { 6: 0x2000 });
  const short = ipv4(6, new Uint8Array(4));
  const { stderr } = await show(pcap([fragment, short, ipv4(1, new Uint8Array(8))]), "-v");
  assertEquals(stderr.split("\n"), [
    "1 fragment of IP packets passed over",
    "1 packet with bad headers passed over",
    "1 of 3 packets are neither TCP nor UDP",
    "",
  ]);
  assertEquals((await show(pcap(HELLO, { link: 147 }))).stderr, "Packets of link type 147 cannot be read\n");
});

test("wrong command lines", async () => {
  const said = async (...args: string[]) => {
    const { system, code } = start(["show", ...args]);
    system.stdin.feed(FILE).end();
    return [await code, system.stderr.text];
  };
  assertEquals(await said(), [2, "sockeye: Missing file: show takes FILE\n"]);
  assertEquals(await said("a", "b"), [2, 'sockeye: Unexpected argument "b": show takes one file\n']);
  assertEquals(await said("-", "-q", "--stream", "4"), [
    2,
    "sockeye: There is no stream 4: the capture has 3 streams\n",
  ]);
  assertEquals((await said("-", "--stream", "0"))[0], 2);
  assertMatch(String((await said("-", "--grep", "("))[1]), /^sockeye: Bad --grep "\(": .*\n$/);
  assertMatch(String((await said("-", "--grep", "hex:0g"))[1]), /^sockeye: --grep: Cannot parse hex "0g": .*\n$/);
});

test("a reader that leaves ends it without a word", async () => {
  const { system, code } = start(["show", "-"], { stdout: { failure: brokenPipe() } });
  system.stdin.feed(FILE).end();
  assertEquals([await code, system.stderr.text.includes("sockeye:")], [0, false]);
});
