import { assert, assertEquals } from "@std/assert";
import { lookOf } from "../../../lib/chat/look_alikes.ts";
import { decodeMessage } from "../../../lib/chat/bus/wire.ts";
import { randomFrom } from "../../text/random.ts";
import { AWAY, settle, type Site, withSites } from "./fake.ts";
import type { TestMember } from "./room.ts";

const RUNS = 40;
const STEPS = 120;
const NAMES = ["ann", "bob", "cid", "Ann", "BOB", "b0b", "ann_"];

Deno.test("every line comes once everywhere and in one order, and names are held once, however connections break", async () => {
  let [alone, together] = [0, 0];
  for (let seed = 1; seed <= RUNS; seed++) {
    await withSites(3, async (sites, nats, clock) => {
      const random = randomFrom(seed);
      const members = sites.flatMap(({ room }, at) => [0, 1].map((i) => ({ room, member: room.join(`m${at}${i}`) })));
      await settle();
      nats.delay = () => random(3);
      const said: string[] = [];
      for (let step = 0; step < STEPS; step++) {
        const { room, member } = members[random(members.length)]!;
        const choice = random(40);
        if (choice < 20) {
          said.push(`${seed}-${step}`);
          room.say(member, `${seed}-${step}`);
        } else if (choice < 24) room.rename(member, NAMES[random(NAMES.length)]!);
        else if (choice < 26) sites[random(3)]!.link?.cut();
        else if (choice < 27) nats.down();
        else if (choice < 30) nats.up();
        else if (choice < 32) await clock.advance(random(2_500));
        else await settle(random(4));
      }
      nats.up();
      await settle(200);
      const texts = nats.log.flatMap(({ data }) => decodeMessage(data)?.events ?? []).flatMap((event) =>
        "texts" in event ? event.texts : []
      );
      assertEquals(texts.toSorted(), said.toSorted(), `run ${seed}: the stream`);
      for (const { room } of sites) {
        const heard = room.said.map((line) => line.replace(/^<.*> /, ""));
        assertEquals(heard.toSorted(), said.toSorted(), `run ${seed}: once`);
        if (room.log.includes(AWAY)) alone++;
        else {
          together++;
          assertEquals(heard, texts, `run ${seed}: order`);
        }
      }
      checkNames(sites, members, seed);
    });
  }
  assert(alone > 5 && together > 5, `${alone} ${together}`);
});

function checkNames(
  sites: readonly Site[],
  members: readonly { room: unknown; member: TestMember }[],
  seed: number,
): void {
  const names = members.map(({ member }) => member.name);
  assertEquals(new Set(names.map(lookOf)).size, names.length, `run ${seed}: ${names}`);
  for (const { room, bus } of sites) {
    const seen = [...room.here, ...bus.elsewhere].map(({ name }) => name);
    assertEquals(seen.toSorted(), names.toSorted(), `run ${seed}: who is there`);
  }
}
