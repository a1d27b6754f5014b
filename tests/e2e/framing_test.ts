/** Every command of docs/framing.md against the other side of its protocol, which cuts its bytes where it hurts. */

import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../scripts/root.ts";
import { spawnSockeye } from "../support/harness.ts";
import { connect, Host, readAll, writeAll } from "../support/sockets.ts";

/** A command of the page, and what is said to it and by it. */
interface Case {
  readonly words: RegExp;
  /** What the other side sends, in hex; a bar is where a write ends. */
  readonly sends: string;
  /** What the other side reads, in hex. */
  readonly reads: string;
  /** The messages that came: hex, and flags. */
  readonly messages: readonly string[];
}

const CASES: readonly Case[] = [
  {
    words: / --frame until:0d0a /,
    sends: "2b 50 4f | 4e 47 0d | 0a",
    reads: "50494e470d0a",
    messages: ["2b504f4e470d0a"],
  },
  {
    words: / --frame length:u16be,at=4 /,
    sends: "0001 0000 00 | 07 010304 000a 00 | 0b 0002 0000 0003 018302",
    reads: "000100000006010300000002",
    messages: ["000100000007010304000a000b", "000200000003018302"],
  },
  {
    words: / --checksum crc16-modbus /,
    sends: "010304 | 000a 000b 9bf6",
    reads: "010300000002c40b",
    messages: ["010304000a000b9bf6 ok"],
  },
  {
    words: / --frame length:varint,at=1 /,
    sends: "20 | 02 0000 30 07 0003 612f62 68 | 69",
    reads: "100c00044d5154540402003c0000",
    messages: ["20020000", "30070003612f626869"],
  },
  {
    words: / discard 9000 --frame length:u32be$/,
    sends: "00000002 7b | 7d 000000 | 05 5b312c325d 0000",
    reads: "",
    messages: ["000000027b7d", "000000055b312c325d", "0000 partial"],
  },
  {
    words: / --frame between:24,0d0a$/,
    sends: "00ff 2447505a4441 | 2a34380d | 0a 24 470d0a",
    reads: "",
    messages: ["00ff stray", "2447505a44412a34380d0a", "24470d0a"],
  },
  {
    words: / --checksum sum8@2 /,
    sends: "aa | 55 0102 03 0d0a 99 aa55 01 02 04 0d | 0a",
    reads: "aa5506060d0aaa5506060d0a",
    messages: ["aa550102030d0a ok", "99 stray", "aa550102040d0a has 04, want 03"],
  },
];

const PAGE = Deno.readTextFileSync(`${ROOT}/docs/framing.md`);
const COMMANDS = [...PAGE.matchAll(/```sh\n(.*?)\n```/gs)].map(([, line = ""]) => line);

/** The words of a command line, with single quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "").slice(1);
}

async function sendPieces(conn: Deno.Conn, pieces: string): Promise<void> {
  for (const piece of pieces.split("|")) await writeAll(conn, Uint8Array.fromHex(piece.replaceAll(" ", "")));
}

Deno.test("client --frame line takes the end of a datagram for that of a line", async () => {
  await using server = spawnSockeye(["server", "reply", "udp://0", "--text", "pong"]);
  const address = `udp://127.0.0.1:${await server.port()}`;
  const words = ["client", address, "--send", "ping", "--frame", "line", "--expect", "^pong$", "--json"];
  const { stdout } = await spawnSockeye(words).ends(0);
  assertEquals(messagesOf(stdout.replace('"text":"pong"', '"hex":"pong"')), ["pong"]);
});

function messagesOf(stdout: string): string[] {
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ event }) => event === "recv");
  return events.map(({ hex, stray, partial, checksum }) => {
    const verdict = checksum && (checksum.ok ? "ok" : `has ${checksum.has}, want ${checksum.want}`);
    return [hex, stray && "stray", partial && "partial", verdict].filter((word) => word).join(" ");
  });
}

for (const line of COMMANDS) {
  Deno.test(`docs/framing.md: ${line}`, async () => {
    const [found, ...more] = CASES.filter(({ words }) => words.test(line));
    assert(found && more.length === 0, "a command needs exactly one case");
    const words = [...wordsOf(line).filter((word) => word !== "-x"), "--json", "-x"];
    if (words[0] === "client") {
      let read = "";
      await using host = new Host(async (conn) => {
        read = (await readAll(conn, found.reads.length / 2)).toHex();
        await sendPieces(conn, found.sends);
      });
      words[1] = String(host.port);
      const { stdout } = await spawnSockeye(words).ends(0);
      assertEquals([read, messagesOf(stdout)], [found.reads, found.messages]);
    } else {
      await using server = spawnSockeye(words.map((word) => word === "9000" ? "0" : word));
      const [, port] = await server.stdoutLine(/"listen","address":"[^"]*:(\d+)"/);
      using conn = await connect(Number(port));
      await sendPieces(conn, found.sends);
      await conn.closeWrite();
      assertEquals((await readAll(conn, Infinity)).toHex(), found.reads);
      await server.stdoutLine(/"event":"close"/);
      server.signal("SIGTERM");
      const { stdout } = await server.ends(143);
      assertEquals(messagesOf(stdout), found.messages);
    }
  });
}
