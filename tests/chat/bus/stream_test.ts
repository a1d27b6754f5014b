import { assert, assertEquals } from "@std/assert";
import { RoomStream } from "../../../lib/chat/bus/stream.ts";
import { encode } from "../../../lib/chat/bus/wire.ts";
import { settle, withSites } from "./fake.ts";

for (const lost of ["messages", "the whole stream", "its end"]) {
  Deno.test(`a stream that has lost ${lost} while a server was away: it says so, and finds who is where`, async () => {
    await withSites(2, async ([a, b], nats, clock) => {
      const bob = b!.room.join("bob");
      b!.room.say(bob, "before");
      await settle();
      const { connector } = a!;
      const { reconnect } = connector;
      const held = Promise.withResolvers<void>();
      connector.reconnect = async (signal) => {
        await held.promise;
        return await reconnect(signal);
      };
      a!.link!.cut();
      await clock.advance(1_500);
      for (const text of ["lost", "seen"]) {
        b!.room.say(bob, text);
        await settle();
      }
      b!.room.join("eve");
      await settle();
      if (lost === "the whole stream") nats.created = "twice";
      if (lost === "its end") nats.log.splice(1);
      else nats.log.splice(0, nats.log.length - 2);
      held.resolve();
      await settle();
      // Nothing is said twice.
      assertEquals(a!.room.said, ["<bob> before", ...(lost === "its end" ? [] : ["<bob> seen"])]);
      assert(a!.room.log.includes("*** Some of what was said at other servers may be missing"));
      assertEquals(a!.bus.elsewhere.map(({ name }) => name).sort(), ["bob", "eve"]);
    });
  });
}

Deno.test("history() gives the last lines from before, however far back they are, with their times", async () => {
  await withSites(1, async ([a], nats) => {
    assertEquals(await a!.stream.history(5), []);
    const say = (...texts: string[]) =>
      nats.append("", encode({ s: "e".repeat(16), late: false, events: [{ k: "say", id: 1, name: "eve", texts }] }));
    say("far", "away");
    for (let i = 0; i < 3_000; i++) nats.forge("e".repeat(16), { k: "leave", id: 9, how: "left" });
    say("near");
    a!.link!.cut();
    await settle();
    const { time: t } = nats.log.find(({ data }) => /near/.test(new TextDecoder().decode(data)))!;
    const later = new RoomStream(a!.connector, a!.link);
    assertEquals(await later.history(1), [{ t, event: { kind: "say", name: "eve", text: "near" } }]);
    assertEquals((await later.history(9)).map(({ event }) => "text" in event && event.text), ["far", "away", "near"]);
  });
});
