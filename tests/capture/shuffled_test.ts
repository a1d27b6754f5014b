import { assertEquals } from "@std/assert";
import { CaptureParser } from "../../lib/capture/capture_parser.ts";
import { openRecorder } from "../../lib/capture/file_recorder.ts";
import { randomFrom } from "../text/random.ts";
import { inFolder, pcap } from "./files.ts";
import { explore } from "./read.ts";
import { recordSessions } from "./sessions.ts";

Deno.test("packets in any order, some of them twice, give what passed", async () => {
  await inFolder(async (folder) => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = randomFrom(seed * 31);
      const path = `${folder}/${seed}.pcapng`;
      const recorder = await openRecorder(path);
      const sessions = await recordSessions(recorder, 8, seed * 31);
      await recorder.close();
      const packets: [order: number, bytes: Uint8Array][] = [];
      const parser = new CaptureParser(({ bytes }) => {
        for (let times = random(5) === 0 ? 2 : 1; times > 0; times--) packets.push([random(1 << 30), bytes.slice()]);
      });
      parser.push(await Deno.readFile(path));
      packets.sort(([one], [other]) => one - other);
      const { bytes } = explore([pcap(packets.map(([, packet]) => packet))]);
      const texts = (all: Iterable<{ up: string; down: string }>) =>
        Array.from(all, ({ up, down }) => `${up} ${down}`).sort();
      assertEquals(texts(bytes.values()).join() === texts(sessions).join(), true, `seed ${seed}`);
    }
  });
});
