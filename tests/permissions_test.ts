import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** What a process with some permissions did. */
async function run(flags: readonly string[], args: readonly string[], code = "") {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-lock", ...flags, ...args],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(code));
  await stdin.close();
  const output = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** Runs code that has `demand` and `keepOnly`; what it prints is JSON. */
async function evaluate(flags: readonly string[], code: string): Promise<unknown> {
  const module = new URL("lib/permissions.ts", ROOT).href;
  const { stdout, stderr } = await run(flags, ["-"], `import { demand, keepOnly } from "${module}";\n${code}`);
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Code that prints how a demand ended. */
function demanding(need: string, target: string): string {
  return `
    try {
      demand("${need}", "${target}", "do it");
      console.log("null");
    } catch ({ kind, message }) {
      console.log(JSON.stringify({ kind, message }));
    }`;
}

function missing(flag: string) {
  return { kind: "permission", message: `Cannot do it: the permission is missing; add ${flag} to deno run` };
}

Deno.test("demand() throws kind permission naming the flag", async () => {
  const [net, read, write] = await Promise.all([
    evaluate(["--allow-read", "--allow-write"], demanding("net", "127.0.0.1:9000")),
    evaluate(["--allow-net", "--allow-write"], demanding("read", "/tmp/x")),
    evaluate(["--allow-net", "--allow-read"], demanding("write", "/tmp/x")),
  ]);
  assertEquals(net, missing("--allow-net"));
  assertEquals(read, missing("--allow-read"));
  assertEquals(write, missing("--allow-write"));
});

Deno.test("demand() is silent when the permission is there, for everything or for just this", async () => {
  const results = await Promise.all([
    evaluate(["--allow-net"], demanding("net", "127.0.0.1:9000")),
    evaluate(["--allow-net=127.0.0.1:9000"], demanding("net", "127.0.0.1:9000")),
    evaluate(["--allow-read=/tmp"], demanding("read", "/tmp/x")),
  ]);
  assertEquals(results, [null, null, null]);
});

Deno.test("demand() refuses what a narrow permission does not cover", async () => {
  const results = await Promise.all([
    evaluate(["--allow-net=127.0.0.1:9000"], demanding("net", "127.0.0.1:9001")),
    evaluate(["--allow-read=/tmp"], demanding("read", "/etc/hostname")),
  ]);
  assertEquals(results, [missing("--allow-net"), missing("--allow-read")]);
});

Deno.test("keepOnly() gives up everything else", async () => {
  const names = '["net", "read", "write", "run", "env", "sys", "ffi", "import"]';
  const states = await evaluate(
    ["--allow-all"],
    `keepOnly(["net", "read"]);
    const granted = ${names}.filter((name) => Deno.permissions.querySync({ name }).state === "granted");
    console.log(JSON.stringify(granted));`,
  );
  assertEquals(states, ["net", "read"]);
});

Deno.test("sockeye exits 13 in one line when a permission is missing", async () => {
  const [server, client, file] = await Promise.all([
    run([], ["main.ts", "server", "0"]),
    run([], ["main.ts", "client", "9"]),
    run(["--allow-net"], ["main.ts", "client", "9", "--file", "/etc/hostname"]),
  ]);
  assertEquals([server.code, client.code, file.code], [13, 13, 13]);
  const say = (what: string, flag: string) =>
    `sockeye: Cannot ${what}: the permission is missing; add ${flag} to deno run\n`;
  assertEquals(server.stderr, say("listen on tcp://127.0.0.1:0", "--allow-net"));
  assertEquals(client.stderr, say("connect to tcp://127.0.0.1:9", "--allow-net"));
  assertEquals(file.stderr, say('read "/etc/hostname"', "--allow-read"));
});
