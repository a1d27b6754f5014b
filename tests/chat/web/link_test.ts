/** How a page numbers what it says, and how long it waits for the room. */

import { assertEquals, assertGreater } from "@std/assert";
import { Link } from "../../../lib/chat/web/page/link.js";

/** The next page of a tab: with what the tab kept, if there was one before. */
function load(place?: Link["place"]): Link {
  const globals = globalThis as { document?: unknown };
  globals.document = { addEventListener() {} };
  try {
    const link = new Link(() => {}, () => {});
    if (place) link.place = place;
    return link;
  } finally {
    delete globals.document;
  }
}

Deno.test("numbers grow from page to page of a tab, whatever its clock and its cache do", () => {
  const { now } = Date;
  let time = now();
  Date.now = () => time;
  try {
    const first = load();
    const id = first.say("one").id;
    assertGreater(first.say("two").id, id);
    time -= 3_600_000;
    const second = load(first.place);
    assertGreater(second.say("three").id, id + 1);
    time += 7_200_000;
    const third = load(second.place);
    const { id: last } = third.say("four");
    // The browser goes back to a page that it kept as it was.
    time += 1;
    assertGreater(second.say("five").id, last);
    assertEquals(second.unheard.map(({ say }) => say), ["one", "two", "three", "five"]);
  } finally {
    Date.now = now;
  }
});

Deno.test("a connection that nobody answers is given up", () => {
  const saved = { WebSocket, setInterval, setTimeout };
  const sockets: { closed: boolean; onopen?: () => void }[] = [];
  const ticks: (() => void)[] = [];
  const states: string[] = [];
  Object.assign(globalThis, {
    document: { addEventListener() {} },
    location: { protocol: "http:", host: "127.0.0.1:1" },
    setInterval: (tick: () => void) => ticks.push(tick),
    setTimeout: () => 1,
    WebSocket: class {
      closed = false;
      constructor() {
        sockets.push(this);
      }
      send() {}
      close() {
        this.closed = true;
      }
    },
  });
  try {
    const link = new Link(() => {}, (state) => states.push(state));
    link.connect();
    ticks.at(-1)?.();
    assertEquals(sockets.map(({ closed }) => closed), [true]);
    assertEquals(states, ["connecting", "again"]);
    link.connect();
    sockets[1]?.onopen?.();
    ticks.at(-1)?.();
    assertEquals(sockets[1]?.closed, false, "it is asked first");
    ticks.at(-1)?.();
    assertEquals(sockets[1]?.closed, true);
  } finally {
    Object.assign(globalThis, saved);
    for (const name of ["document", "location"]) Reflect.deleteProperty(globalThis, name);
  }
});
