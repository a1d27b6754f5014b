/** `cert` in this process: it keeps only the permission to write, so that what is in the files is for tests/e2e. */

import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { printed } from "./running.ts";

/** A test with a folder; the runner gives the permissions back behind it. */
function test(name: string, play: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    permissions: { read: true, write: true },
    fn: async () => {
      await using folder = await Folder.make();
      await play(folder.path);
    },
  });
}

/** What `cert` prints, and its exit code. */
const run = (...args: string[]) => printed("cert", ...args);

function filesOf(prefix: string): string[] {
  return [`${prefix}.crt`, `${prefix}.key`, `${prefix}-ca.crt`];
}

/** Whether a file is there, asked by one who may only write. */
async function exists(path: string): Promise<boolean> {
  try {
    (await Deno.open(path, { write: true })).close();
    return true;
  } catch (error) {
    assertInstanceOf(error, Deno.errors.NotFound);
    return false;
  }
}

test("cert names the files and the fingerprint, and says what to do with them", async (folder) => {
  const prefix = `${folder}/dev`;
  const { code, stdout, stderr } = await run("-o", prefix);
  const [cert, key, ca] = filesOf(prefix);
  const [fingerprint = "", ...rest] = stdout.split("\n").slice(3);
  assertEquals([code, stdout.split("\n").slice(0, 3), rest], [0, [cert, key, ca], [""]]);
  assertMatch(fingerprint, /^sha256:[0-9a-f]{64}$/);
  const [what = "", ...hints] = stderr.split("\n");
  assertMatch(what, /^A certificate for localhost, 127\.0\.0\.1, ::1, valid until \d{4}-\d\d-\d\d$/);
  assertEquals(hints, [
    `Serve:   sockeye server echo tls://:9443 --cert ${cert} --key ${key}`,
    `Connect: sockeye client tls://HOST:9443 --ca ${ca}`,
    `     or: sockeye client tls://HOST:9443 --pin ${fingerprint}`,
    "",
  ]);
});

test("cert quotes a file name that a shell would not take as one word", async (folder) => {
  const { stderr } = await run("-o", `${folder}/it's mine`);
  assert(stderr.includes(`--ca '${folder}/it'\\''s mine-ca.crt'\n`), stderr);
});

test("cert --json gives one event", async (folder) => {
  const before = Date.now();
  const { code, stdout, stderr } = await run("-o", `${folder}/dev`, "--json", "--days", "2", "a.example", "10.0.0.1");
  assertEquals([code, stderr, stdout.indexOf("\n")], [0, "", stdout.length - 1]);
  const { t: _t, ms: _ms, fingerprint, expires, ...done } = JSON.parse(stdout);
  assertEquals(done, {
    event: "done",
    peers: 0,
    received: 0,
    sent: 0,
    names: ["a.example", "10.0.0.1"],
    cert: `${folder}/dev.crt`,
    key: `${folder}/dev.key`,
    ca: `${folder}/dev-ca.crt`,
    code: 0,
  });
  assertMatch(String(fingerprint), /^sha256:[0-9a-f]{64}$/);
  const days = (Date.parse(String(expires)) - before) / 86_400_000;
  assert(days > 1.9 && days <= 2, `${days} days`);
});

test("cert -q says nothing", async (folder) => {
  assertEquals(await run("-q", "-o", `${folder}/dev`), { code: 0, stdout: "", stderr: "" });
  assert(await exists(`${folder}/dev-ca.crt`));
});

for (const [index, name] of filesOf("dev").entries()) {
  test(`cert replaces nothing and leaves nothing when ${name} exists`, async (folder) => {
    await Deno.writeTextFile(`${folder}/${name}`, "mine");
    const stderr = `sockeye: Cannot write "${folder}/${name}": it exists; --force replaces it\n`;
    assertEquals(await run("-o", `${folder}/dev`), { code: 9, stdout: "", stderr });
    const found = await Promise.all(filesOf(`${folder}/dev`).map(exists));
    assertEquals(found, [0, 1, 2].map((i) => i === index));
  });
}

test("cert --force replaces files", async (folder) => {
  const prefix = `${folder}/dev`;
  for (const path of filesOf(prefix)) await Deno.writeTextFile(path, "old");
  const { code, stdout } = await run("-o", prefix, "--force");
  assertEquals([code, stdout.split("\n").slice(0, 3)], [0, filesOf(prefix)]);
});

test("cert tells that a file cannot be written", async (folder) => {
  const path = `${folder}/none/dev`;
  const { code, stdout, stderr } = await run("-o", path);
  assertEquals([code, stdout], [9, ""]);
  assertMatch(stderr, /^sockeye: Cannot write "[^"]*\/none\/dev\.crt": No such file or directory\n$/);
});

/** Wrong words, and what is said about them. */
const COMPLAINTS: readonly (readonly [readonly string[], string])[] = [
  [["a b"], 'Bad name "a b": expected a host name such as localhost, or an IP address'],
  [["ok.example", "\x1b[2J"], 'Bad name "\\x1b[2J": expected a host name such as localhost, or an IP address'],
  [["a.*.b"], 'Bad name "a.*.b": a * stands for the whole first label, as in *.example.com'],
  [["--days", "0"], 'Bad --days "0": expected a whole number from 1 to 825'],
  [["--days", "826"], 'Bad --days "826": expected a whole number from 1 to 825'],
  ...["", "-", "certs/"].map((text) =>
    [
      [`--output=${text}`],
      `Bad --output "${text}": expected the beginning of file names, such as dev or certs/dev`,
    ] as const
  ),
];

for (const [args, complaint] of COMPLAINTS) {
  test(`cert ${JSON.stringify(args)} exits 2 and says why in one line`, async (folder) => {
    const before = args.some((word) => word.startsWith("--output")) ? [] : ["-o", `${folder}/dev`];
    assertEquals(await run(...before, ...args), { code: 2, stdout: "", stderr: `sockeye: ${complaint}\n` });
    assert(!await exists(`${folder}/dev.crt`));
  });
}
