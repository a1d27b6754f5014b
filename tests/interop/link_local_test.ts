/** Link-local addresses, groups and broadcasts between two machines. */

import { assertEquals, assertMatch } from "@std/assert";
import { needs } from "../support/harness.ts";
import { hasNamespaces, TwoMachines } from "../support/namespaces.ts";

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

Deno.test(
  "server udp://: says once that it cannot answer link-local addresses, and serves all others",
  ignore,
  async () => {
    await using machines = await TwoMachines.open();
    await using server = machines.sockeye("a", ["server", "echo", "udp://:0"]);
    const port = await server.port();
    for (let i = 1; i <= 2; i++) {
      const args = ["client", `udp://[fe80::a%vb]:${port}`, "--send", "hello", "--expect", "hello", "--wait", "1ms"];
      await machines.sockeye("b", args).ends(10);
      await server.stderrLine(/^#\d \[fe80::b\]:\d+ forgotten: the interface of its address is not known/);
    }
    assertEquals(server.stderr.match(/^Cannot answer \[fe80::b\]:\d+: .*listen on such an address/gm)?.length, 1);
    const args = ["client", `udp://10.9.0.1:${port}`, "--send", "hello", "--expect", "hello"];
    assertEquals((await machines.sockeye("b", args).ends(0)).stdout, "hello");
  },
);

Deno.test("client udp:// names who answers a broadcast, and with --only-peer hears nobody", ignore, async () => {
  await using machines = await TwoMachines.open();
  await using server = machines.sockeye("a", ["server", "echo", "udp://:0"]);
  const address = `udp://10.9.0.127:${await server.port()}`;
  const answered = await machines.sockeye("b", ["client", address, "--send", "x", "--expect", "x"]).ends(0);
  assertMatch(answered.stderr, /^From 10\.9\.0\.1:\d+, another sender:$/m);
  const strict = ["client", address, "--send", "x", "--expect", "x", "--only-peer", "--wait", "200ms"];
  assertEquals((await machines.sockeye("b", strict).ends(10)).stdout, "");
});

/** A group, how machine b hears it, and interfaces by which machine a sends to it. */
const GROUPS: readonly (readonly [group: string, address: string, hears: string, interfaces: readonly string[]])[] = [
  ["239.1.2.3", "239.1.2.3", "239.1.2.3%10.9.0", ["10.9.0.1", "va"]],
  ["ff02::1234", "[ff02::1234]", "ff02::1234%v", ["va"]],
];

for (const [group, address, hears, interfaces] of GROUPS) {
  Deno.test(
    `what --interface sends to ${group} is heard by the other machine and on the same one`,
    ignore,
    async () => {
      await using machines = await TwoMachines.open();
      const permissions = ["--allow-net", "--allow-sys=networkInterfaces"];
      const place = `udp://${address}:9100`;
      const hear = (machine: "a" | "b", join: string) =>
        machines.sockeye(machine, ["client", place, "--join", join], { stdin: "piped", permissions });
      const isIPv6 = hears.endsWith("v");
      await using here = hear("a", `${hears}${isIPv6 ? "a" : ".1"}`);
      await using there = hear("b", `${hears}${isIPv6 ? "b" : ".2"}`);
      for (const hearer of [here, there]) await hearer.stderrLine(/^Speaking to /);
      for (const name of interfaces) {
        const args = ["client", place, "--interface", name, "--send", `by ${name}\n`, "--wait", "1ms"];
        await machines.sockeye("a", args, { permissions }).ends(0);
        for (const hearer of [here, there]) {
          await hearer.stdoutLine(new RegExp(`^by ${name}$`));
          await hearer.stderrLine(/^From (10\.9\.0\.1|\[fe80::a%\d\]):\d+, another sender:$/);
        }
      }
    },
  );
}
