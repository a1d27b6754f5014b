/** Link-local addresses, groups and broadcasts between two machines. */

import { assertEquals, assertMatch } from "@std/assert";
import { needs } from "../../support/harness.ts";
import { hasNamespaces, TwoMachines } from "../../support/namespaces.ts";

const ignore = needs([], hasNamespaces);

for (const scheme of ["", "udp://", "ws://"]) {
  Deno.test(
    `server ${scheme}[fe80::a%va] answers another machine, and each address that is shown has its zone`,
    ignore,
    async () => {
      await using machines = await TwoMachines.open();
      await using server = machines.sockeye("a", ["server", "echo", `${scheme}[fe80::a%va]:0`]);
      const port = await server.port();
      assertMatch(server.stderr, new RegExp(`^Listening on ${scheme || "tcp://"}\\[fe80::a%va\\]:${port} `));
      const address = `${scheme}[fe80::a%vb]:${port}`;
      const client = machines.sockeye("b", ["client", address, "--send", "hello", "--expect", "hello"]);
      const { stdout, stderr } = await client.ends(0);
      assertEquals(stdout, "hello");
      assertMatch(stderr, new RegExp(`^\\w+ to \\[fe80::a%vb\\]:${port}\n\\w+ closed: `));
      await server.stderrLine(/^#1 \[fe80::b%va\]:\d+ /);
    },
  );
}

Deno.test("server udp://: says once that it does not know the interface of link-local addresses", ignore, async () => {
  await using machines = await TwoMachines.open();
  await using server = machines.sockeye("a", ["server", "echo", "udp://:0"]);
  const port = await server.port();
  for (let i = 1; i <= 2; i++) {
    // With one interface there is only one way for the answer.
    const args = ["client", `udp://[fe80::a%vb]:${port}`, "--send", "hello", "--expect", "hello"];
    assertEquals((await machines.sockeye("b", args).ends(0)).stdout, "hello");
  }
  for (let i = 1; i <= 2; i++) await server.stdoutLine(/^#\d < hello$/);
  const says =
    /^\[fe80::b\]:\d+ came by an interface that is not known, .*; to be sure, listen on an address of one, /gm;
  assertEquals(server.stderr.match(says)?.length, 1);
});

Deno.test("client udp:// names who answers a broadcast, and with --only-peer hears nobody", ignore, async () => {
  await using machines = await TwoMachines.open();
  await using server = machines.sockeye("a", ["server", "echo", "udp://:0"]);
  const address = `udp://10.9.0.127:${await server.port()}`;
  const answered = await machines.sockeye("b", ["client", address, "--send", "x", "--expect", "x"]).ends(0);
  assertMatch(answered.stderr, /^From 10\.9\.0\.1:\d+, another sender:$/m);
  const strict = ["client", address, "--send", "x", "--expect", "x", "--only-peer", "--wait", "200ms"];
  assertEquals((await machines.sockeye("b", strict).ends(10)).stdout, "");
});

/** A group, what the two machines join, and interfaces by which the first of them sends. */
const GROUPS: readonly (readonly [address: string, joins: readonly [string, string], interfaces: readonly string[]])[] =
  [
    ["239.1.2.3", ["239.1.2.3%10.9.0.1", "239.1.2.3%10.9.0.2"], ["10.9.0.1", "va"]],
    ["[ff02::1234]", ["ff02::1234%77", "ff02::1234%78"], ["va"]],
  ];

for (const [address, joins, interfaces] of GROUPS) {
  Deno.test(
    `what --interface sends to ${address} is heard by another machine and on the same one`,
    ignore,
    async () => {
      await using machines = await TwoMachines.open();
      const permissions = ["--allow-net", "--allow-sys=networkInterfaces"];
      const place = `udp://${address}:9100`;
      const hear = (machine: "a" | "b", join: string) =>
        machines.sockeye(machine, ["client", place, "--join", join], { stdin: "piped", permissions });
      await using here = hear("a", joins[0]);
      await using there = hear("b", joins[1]);
      for (const hearer of [here, there]) await hearer.stderrLine(/^Speaking to /);
      for (const [at, name] of interfaces.entries()) {
        const args = ["client", place, "--interface", name, "--send", `by ${name}\n`, "--wait", "1ms"];
        await machines.sockeye("a", args, { permissions }).ends(0);
        for (const hearer of [here, there]) {
          await hearer.stdoutLine(new RegExp(`^by ${name}$`));
          if (at === 0) await hearer.stderrLine(/^From (10\.9\.0\.1|\[fe80::a%7[78]\]):\d+, another sender:$/);
        }
      }
    },
  );
}
