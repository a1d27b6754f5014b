/** Wrong command lines and missing permissions: one line that names what is wrong, and the exit code that says so. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort, permissionsAreOurs, spawnSockeye } from "./harness.ts";

/** Command lines, and words that the one line about each must have. */
const WRONG: readonly (readonly [args: string, ...words: string[]])[] = [
  ["", "Missing command"],
  ["sever", '"sever"', "server"],
  ["version", '"version" - did you mean "--version"?'],
  ["--colour always", '"--colour"'],
  ["server ehco", '"ehco"', "echo"],
  ["server 0 --idel 5s", '"--idel"', "--idle"],
  ["server 0 --max-connections many", "--max-connections", '"many"'],
  ["server 0 --max-connections 0", "--max-connections", '"0"'],
  ["server 0 --max-connections", "--max-connections"],
  ["server 0 --idle soon", "--idle", '"soon"'],
  ["server 0 --drain 5weeks", "--drain", '"5weeks"'],
  ["server 0 --allow 10.0.0.0/99", "--allow", "10.0.0.0/99"],
  ["server 0 --deny nobody", "--deny", "nobody"],
  ["server 0 --frame word", "--frame", '"word"'],
  ["server 0 --once=yes", "--once", '"yes"'],
  ["server 99999", "99999"],
  ["server 127.0.0.1:port", "127.0.0.1:port"],
  ["server echo 0 1", '"1"'],
  ["server reply 0", "--text"],
  ["server reply 0 --text x --then leave", "--then", '"leave"'],
  ["server reply 0 --text 你 -e latin1", "你", "latin1"],
  ["server echo 0 --text x", "--text", "reply"],
  ["server 0 -e klingon", "-e", "klingon"],
  ["server 0 --color pink", "--color", '"pink"'],
  ["client", "Missing address"],
  ["client example.com", "Missing address"],
  ["client 127.0.0.1 http", "http"],
  ["client a 1 c", '"c"'],
  ["client localhost:9 10", '"localhost:9"', 'the port is given twice, 9 and "10"'],
  ["client 9 --send", "--send"],
  ["client 9 --send 你 -e latin1", "--send", "你", "latin1"],
  ["client 9 --send \\xzz --escapes", "--send", "\\xzz"],
  ["client 9 --send-hex 0g", "--send-hex", "0g"],
  ["client 9 --send-hex abc", "--send-hex", "abc"],
  ["client 9 --expect (", "--expect", '"("'],
  ["client 9 --every 1s", "--every"],
  ["client 9 --send x --count 0", "--count", '"0"'],
  ["client 9 --retry -1", "--retry", '"-1"'],
  ["client 9 --wait forever", "--wait", '"forever"'],
];

for (const [args, ...words] of WRONG) {
  Deno.test(`sockeye ${args} ends with 2 and one line that says why`, async () => {
    await using program = spawnSockeye(args.split(" ").filter((word) => word !== ""));
    const { code, stdout, stderr } = await program.status();
    assertMatch(stderr, /^sockeye: [^\n]+\n$/);
    for (const word of words) assertStringIncludes(stderr, word);
    assert(!/\bat file:|Uncaught/.test(stderr), stderr);
    assertEquals(stdout, "");
    assertEquals(code, 2);
  });
}

/** What is missing, and the flag that the message must name. */
const FORBIDDEN = [
  { args: ["server", "echo", "0"], permissions: ["--allow-read"], flag: "--allow-net" },
  { args: ["server", "echo", "0"], permissions: ["--allow-net=127.0.0.1:1"], flag: "--allow-net" },
  { args: ["client", "127.0.0.1", "9"], permissions: [], flag: "--allow-net" },
  { args: ["client", "9", "--file", "deno.json"], permissions: ["--allow-net"], flag: "--allow-read" },
] as const;

for (const { args, permissions, flag } of FORBIDDEN) {
  const given = permissions.join(" ") || "no permission";
  Deno.test({
    name: `sockeye ${args.join(" ")} with ${given} ends with 13 and names ${flag}`,
    ignore: !permissionsAreOurs,
    fn: async () => {
      await using program = spawnSockeye(args, { permissions });
      const { code, stdout, stderr } = await program.status();
      assertMatch(stderr, /^sockeye: [^\n]+\n$/);
      assertStringIncludes(stderr, flag);
      assertEquals(stdout, "");
      assertEquals(code, 13);
    },
  });
}

Deno.test("client --file ends with 9 when there is no such file", async () => {
  const args = ["client", String(freePort()), "--file", "/nowhere/at/all"];
  await using program = spawnSockeye(args, { permissions: ["--allow-net", "--allow-read"] });
  const { code, stderr } = await program.status();
  assertMatch(stderr, /^sockeye: Cannot read "\/nowhere\/at\/all": [^\n]+\n$/);
  assertEquals(code, 9);
});

for (const args of ["--help", "help client", "server --help", "client -h", "--version"]) {
  Deno.test(`sockeye ${args} answers on stdout and ends with 0`, async () => {
    await using program = spawnSockeye(args.split(" "), { permissions: [] });
    const { code, stdout, stderr } = await program.status();
    assertMatch(stdout, /sockeye/);
    assertEquals(stderr, "");
    assertEquals(code, 0);
  });
}
