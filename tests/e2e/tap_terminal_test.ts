/** What is typed at the terminal of `sockeye tap`. */

import { assertEquals } from "@std/assert";
import { needs, sockeyeCommand } from "../support/harness.ts";
import { connect, Host, readText, writeAll } from "../support/sockets.ts";
import { Terminal } from "../support/terminal.ts";

const ignore = needs(["tmux", "sh"]);

Deno.test("tap: faults come and go, and connections end, as typed at the terminal", ignore, async () => {
  await using target = new Host(async (conn) => {
    await conn.readable.pipeTo(conn.writable).catch(() => {});
  });
  const command = sockeyeCommand(["tap", "0", String(target.port), "--seed", "5"]);
  await using terminal = await Terminal.open(command);
  const lines = await terminal.shows(/^Listening on \S+:\d+/);
  const port = Number(/^Listening on \S+:(\d+)/m.exec(lines.join("\n"))?.[1]);
  using one = await connect(port);
  await writeAll(one, "plain\n");
  await readText(one, "plain\n");
  await terminal.enter("/fault up:corrupt=1");
  await terminal.shows(/^Fault up:corrupt=1 acts from now on; seed 5$/);
  await writeAll(one, "x");
  await terminal.shows(/^#1 > .* {2}\(1 byte changed\)$/);
  await terminal.enter("/clear");
  await terminal.shows(/^1 fault cleared$/);
  await terminal.enter("/fault split=1");
  await terminal.enter("/fault drop=1");
  await terminal.shows(/^Not done: --fault drop is for udp, not for tcp$/);
  await terminal.enter("/list");
  await terminal.shows(/^Faults, seed 5: split=1$/);
  await terminal.shows(/^#1 \S+ 7 B up, 7 B down$/);
  await terminal.enter("/close 2");
  await terminal.shows(/^Not done: there is no connection "2"; \/list shows them$/);
  await terminal.enter("/reset 1");
  await terminal.shows(/^#1 \S+ closed: reset at the terminal;/);
  await one.read(new Uint8Array(9));
  assertEquals(await one.read(new Uint8Array(1)).then(String, (error) => error.name), "ConnectionReset");
  using two = await connect(port);
  await terminal.shows(/^#2 \S+ connected$/);
  await terminal.enter("/close 2");
  assertEquals(await two.read(new Uint8Array(1)), null);
});
