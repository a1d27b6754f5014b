import { assert, assertEquals } from "@std/assert";
import { lineOf } from "../../../lib/chat/events.ts";
import { settle, Site, withSites } from "./fake.ts";

Deno.test("lines of a server that was announced as gone are late, and not those of another participant with that name", async () => {
  await withSites(3, async ([a, b, c], nats) => {
    const [ann, bob] = [a!.room.join("ann"), b!.room.join("Bob")];
    await settle();
    b!.room.say(bob, "before");
    await settle();
    nats.forge(c!.id, { k: "gone", server: b!.id });
    c!.room.join("BOB");
    // It speaks before it can hear that.
    b!.room.say(bob, "I said this");
    await settle();
    const tagged = `<Bob@${b!.bus.tag}> I said this`;
    const late = "*** The next line was said while another server was out of reach";
    const gone = "*** The other servers had lost this one: for them you had left the room";
    assertEquals(a!.room.log.slice(2, 6), ["<Bob> before", "*** Bob left with their server", "*** BOB joined", late]);
    assertEquals([a!, b!].map(({ room }) => room.said), [["<Bob> before", tagged], ["<Bob> before", tagged]]);
    assertEquals(b!.room.log.filter((line) => [late, gone].includes(line)), [gone]);
    assertEquals([a!.room.log.at(-1), bob.name === "Bob"], [`*** ${bob.name} joined`, false]);
    const later = new Site(nats, 4);
    await settle();
    assertEquals((await later.stream.history(9)).map(({ event }) => lineOf(event)), a!.room.said);
    b!.room.say(bob, "again");
    await settle();
    assertEquals(a!.room.log.slice(-1), [`<${bob.name}> again`]);
    a!.room.leave(ann);
    await later.stream[Symbol.asyncDispose]();
  });
});

Deno.test("lines of a break are not those of one whose name looks like that of their author", async () => {
  await withSites(2, async ([a, b], nats) => {
    const ann = a!.room.join("ace");
    await settle();
    nats.forge(b!.id, { k: "gone", server: a!.id });
    const other = b!.room.join("асе");
    a!.room.say(ann, "mine");
    await settle();
    assertEquals([b!.room.said, other.name], [[`<ace@${a!.bus.tag}> mine`], "асе"]);
    assertEquals(ann.name.startsWith("spare"), true);
  });
});

for (
  const [last, atB, atC] of [
    ["nobody", ["<ann@TAG> during 1", "<dup> during 2"], ["<ann@TAG> during 1", "<dup> during 2"]],
    // Its claim to the second name is refused.
    ["a", ["<ann> during 1", "<dup@TAG> during 2"], ["<ann> during 1", "<dup@TAG> during 2"]],
    // Its claim to the first name comes after the lines: there they must not be those of its own member.
    ["c", ["<ann> during 1", "<dup> during 2"], ["<ann@TAG> during 1", "<dup> during 2"]],
  ] as const
) {
  Deno.test(`lines of a break are not those of whoever has the name then; ${last} comes back last`, async () => {
    await withSites(3, async ([a, b, c], nats, clock) => {
      const [ann, bob, cid] = [a!.room.join("ann"), b!.room.join("bob"), c!.room.join("cid")];
      await settle();
      const held = Promise.withResolvers<void>();
      const { connector } = { a: a!, c: c!, nobody: b! }[last];
      const { reconnect } = connector;
      connector.reconnect = async (signal) => {
        if (last !== "nobody") await held.promise;
        return await reconnect(signal);
      };
      nats.down();
      await clock.advance(1_500);
      a!.room.say(ann, "during 1");
      a!.room.rename(ann, "dup");
      a!.room.say(ann, "during 2");
      b!.room.rename(bob, "dup");
      c!.room.rename(cid, "ann");
      nats.up();
      await settle();
      held.resolve();
      await settle();
      const tagged = (lines: readonly string[]) => lines.map((line) => line.replace("TAG", a!.bus.tag));
      assertEquals([b!, c!].map(({ room }) => room.said), [tagged(atB), tagged(atC)]);
      assertEquals(a!.room.said, ["<ann> during 1", "<dup> during 2"]);
      for (const { room } of [b!, c!]) {
        assert(room.log.includes("*** The next 2 lines were said while another server was out of reach"));
      }
      assertEquals(new Set([ann, bob, cid].map(({ name }) => name)).size, 3);
    });
  });
}
