import { assert, assertEquals, assertGreater } from "@std/assert";
import { PAGE_BYTES } from "../../lib/capture/block_buffer.ts";
import { openRecorder, type RecorderOptions } from "../../lib/capture/file_recorder.ts";
import type { Recorder } from "../../lib/capture/recorder.ts";
import type { SockeyeError } from "../../lib/errors.ts";
import { randomFrom } from "../text/random.ts";
import { eventually, linux, needs, tool } from "../support/harness.ts";
import { inFolder } from "./files.ts";
import { find } from "./read.ts";
import { recordSessions, type Session } from "./sessions.ts";
import { fields, follow, tshark } from "./tshark.ts";

const withTshark = needs(["tshark"]);

const CLIENT = { hostname: "192.168.1.20", port: 50_000 };
const SERVER = { hostname: "192.168.1.5", port: 9000 };
const BOTH = { client: CLIENT, server: SERVER };

function noise(size: number): Uint8Array {
  const random = randomFrom(size);
  return Uint8Array.from({ length: size }, () => random(256));
}

/** Records in a new file, then has a look at it. */
function recorded(
  record: (recorder: Recorder) => void | Promise<void>,
  look: (path: string) => void | Promise<void>,
  options?: RecorderOptions,
): Promise<void> {
  return inFolder(async (folder) => {
    const path = `${folder}/talk.pcapng`;
    const recorder = await openRecorder(path, options);
    await record(recorder);
    await recorder.close();
    await look(path);
  });
}

/** Every packet as `stream direction flags seq,ack,length`. */
async function packets(path: string): Promise<string[]> {
  const rows = await fields(path, ["tcp.stream", "tcp.srcport", "tcp.flags.str", "tcp.seq", "tcp.ack", "tcp.len"]);
  return rows.map(([stream, port, flags, ...numbers]) => {
    return `${stream} ${port === "50000" ? ">" : "<"} ${flags?.replaceAll("·", "")} ${numbers}`;
  });
}

Deno.test("tshark finds in recordings of random sessions exactly what passed", withTshark, async () => {
  let passed: Session[] = [];
  await recorded(async (recorder) => {
    passed = await recordSessions(recorder, 20, 29);
  }, async (path) => {
    assertEquals(await follow(path, 20), passed);
    const expert = await tshark(path, ["-q", "-z", "expert"]);
    for (const word of ["Errors", "hecksum", "etransmission", "lost", "ut-of-order", "uplicate", "unseen", "indow"]) {
      assert(!expert.includes(word), expert);
    }
  });
});

Deno.test("the ends of a stream are recorded as they happened", withTshark, async () => {
  await recorded((recorder) => {
    const one = recorder.open(BOTH);
    void one.data("up", new Uint8Array(3));
    one.end("up", "fin");
    void one.data("up", new Uint8Array(3)); // After its end.
    void one.data("down", new Uint8Array(2));
    one.end("down", "fin");
    one.end("down", "reset");
    const other = recorder.open(BOTH);
    other.end("down", "reset");
    void other.data("up", new Uint8Array(1)); // Neither half lives on.
  }, async (path) => {
    const handshake = ["> S 0,0,0", "< AS 0,1,0", "> A 1,1,0"];
    const first = [...handshake, "> AP 1,1,3", "> AF 4,1,0", "< A 1,5,0", "< AP 1,5,2", "< AF 3,5,0", "> A 5,4,0"];
    // The second one has the same ports, and numbers of its own.
    const second = [...handshake, "< AR 1,1,0"];
    const flags = (line: string) => line.replace(/ (\w+) /, (_, letters) => ` ${[...letters].sort().join("")} `);
    assertEquals(
      (await packets(path)).map(flags),
      [...first.map((line) => `0 ${line}`), ...second.map((line) => `1 ${line}`)],
    );
  });
});

Deno.test("sequence numbers wrap", withTshark, async () => {
  const bytes = noise(200_000);
  await recorded(async (recorder) => {
    const conversation = recorder.open(BOTH);
    await conversation.data("up", bytes);
    await conversation.data("down", bytes);
  }, async (path) => {
    const [both] = await follow(path, 1);
    assertEquals([both?.up === bytes.toHex(), both?.down === bytes.toHex()], [true, true]);
    assertEquals(find(await Deno.readFile(path)).bytes.get(1), { up: bytes.toHex(), down: bytes.toHex() });
  }, { firstNumber: 2 ** 32 - 100_000 });
});

Deno.test("datagrams are recorded one for one, over IPv4, IPv6 and both", withTshark, async () => {
  await recorded((recorder) => {
    const four = recorder.open({ ...BOTH, connectionless: true, comment: "a device" });
    void four.data("up", new TextEncoder().encode("ping"));
    void four.data("down", new Uint8Array());
    void four.data("down", new Uint8Array(65_507));
    void recorder.open({ client: { hostname: "fe80::1%eth0", port: 1 }, server: SERVER, connectionless: true })
      .data("up", new Uint8Array(1));
  }, async (path) => {
    const names = ["udp.stream", "ip.src", "ipv6.src", "udp.srcport", "udp.length", "frame.comment"];
    assertEquals((await fields(path, names)).map((row) => row.join(" ")), [
      "0 192.168.1.20  50000 12 a device",
      "0 192.168.1.5  9000 8 ",
      "0 192.168.1.5  9000 65515 ",
      "1  fe80::1 1 9 ",
    ]);
    assertEquals(await tshark(path, ["-Y", "udp.checksum.status == 0 || ip.checksum.status == 0"]), "");
  });
});

Deno.test("stamps never go back, and remarks stand at the packet that follows", withTshark, async () => {
  await recorded((recorder) => {
    const conversation = recorder.open({ ...BOTH, comment: "TLS for example.com" });
    const now = Date.now() + 5000;
    void conversation.data("up", Uint8Array.of(1), now);
    conversation.comment("fault applied: delay=100ms");
    void conversation.data("down", Uint8Array.of(2), now - 4000);
  }, async (path) => {
    const rows = await fields(path, ["frame.time_epoch", "frame.comment"]);
    const times = rows.map(([time]) => Number(time));
    assertEquals(times, times.toSorted());
    assertEquals(rows.map(([, comment]) => comment), ["TLS for example.com", "", "", "", "fault applied: delay=100ms"]);
  });
});

Deno.test("no block crosses the border of a page, so that a write may end at any of them", async () => {
  await recorded(async (recorder) => void await recordSessions(recorder, 10, 5), async (path) => {
    const bytes = await Deno.readFile(path);
    const view = new DataView(bytes.buffer);
    const starts = new Set<number>();
    for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, true)) starts.add(at);
    assertGreater(bytes.length, 10 * PAGE_BYTES);
    for (let at = 0; at < bytes.length; at += PAGE_BYTES) assert(starts.has(at), `${at}`);
  });
});

Deno.test("what was said is in the file within a second or so", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/talk.pcapng`;
    await using recorder = await openRecorder(path);
    const { size } = await Deno.stat(path);
    await recorder.open(BOTH).data("up", Uint8Array.of(1));
    assert(await eventually(async () => (await Deno.stat(path)).size !== size, 5000));
    assertEquals(find(await Deno.readFile(path)).lines.length, 3);
  });
});

Deno.test("--record-max: the next file goes on where the last one ended", withTshark, async () => {
  const bytes = noise(300_000);
  await recorded(async (recorder) => {
    const conversation = recorder.open(BOTH);
    for (let at = 0; at < bytes.length; at += 1000) await conversation.data("up", bytes.subarray(at, at + 1000));
  }, async (path) => {
    const names = [path, ...[1, 2, 3].map((n) => path.replace(".pcapng", `.${n}.pcapng`))];
    const parts = await Promise.all(names.map(async (name) => (await follow(name, 1))[0]?.up ?? ""));
    assertEquals(parts.join("") === bytes.toHex(), true);
    for (const part of parts) assertGreater(part.length, 0);
  }, { max: 100_000 });
});

Deno.test("a recording is for its owner alone", needs([], Deno.build.os !== "windows"), async () => {
  await recorded(() => {}, async (path) => assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600));
});

Deno.test("a folder that is not there is an error of one line", async () => {
  const error = await openRecorder("/nowhere/talk.pcapng").catch((error) => error as SockeyeError);
  assert(!("open" in error));
  assertEquals([error.message, error.exitCode], [
    'Cannot record to "/nowhere/talk.pcapng": No such file or directory',
    9,
  ]);
});

Deno.test(
  "a full disk ends the recording with one message, and whole blocks are in the file",
  needs(["prlimit"], linux),
  async () => {
    await inFolder(async (folder) => {
      const path = `${folder}/talk.pcapng`;
      const script = new URL("record_forever.ts", import.meta.url).pathname;
      // With "at-once" it fails only while it closes.
      for (const words of [["40"], ["4", "at-once"]]) {
        const { stdout } = await tool(Deno.execPath(), ["run", "-A", script, path, ...words]).ends(0);
        assertEquals(stdout, `The recording "${path}" ended: File too large\n`);
        assertEquals(find(await Deno.readFile(path)).cutAt, undefined);
      }
    });
  },
);

Deno.test("a program that is killed leaves a file that tshark opens without a complaint", withTshark, async () => {
  await inFolder(async (folder) => {
    const script = new URL("record_forever.ts", import.meta.url).pathname;
    for (const [i, most] of [3_000_000, 17_000_000].entries()) {
      const path = `${folder}/${i}.pcapng`;
      await using program = tool(Deno.execPath(), ["run", "-A", script, path]);
      while (((await Deno.stat(path).catch(() => undefined))?.size ?? 0) < most) {
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      program.signal("SIGKILL");
      await program.status();
      const file = await Deno.readFile(path);
      assertEquals(find(file).cutAt, undefined);
      assertGreater(Number((await tshark(path, ["-q", "-z", "io,stat,0"])).length), 0);
    }
  });
});
