import { assertEquals } from "@std/assert";
import { ROOT } from "../scripts/root.ts";
import { tool } from "./support/harness.ts";

/** Runs code that has `demand` and `keepOnly`; what it prints is JSON. */
async function evaluate(flags: readonly string[], code: string): Promise<unknown> {
  const content = `import { demand, keepOnly } from "${ROOT}/lib/permissions.ts";\n${code}`;
  const args = ["run", "--quiet", "--no-prompt", "--no-lock", ...flags, "-"];
  const { stdout, stderr } = await tool(Deno.execPath(), args, { cwd: ROOT, stdin: { content } }).ends(0);
  assertEquals(stderr, "");
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

/** What is granted, demanded, and missing then. */
const DEMANDS: readonly (readonly [granted: string, need: string, target: string, missing?: string])[] = [
  ["--allow-read --allow-write", "net", "127.0.0.1:9000", "--allow-net"],
  ["--allow-net --allow-write", "read", "/tmp/x", "--allow-read"],
  ["--allow-net --allow-read", "write", "/tmp/x", "--allow-write"],
  ["--allow-net", "net", "127.0.0.1:9000"],
  ["--allow-net=127.0.0.1:9000", "net", "127.0.0.1:9000"],
  ["--allow-read=/tmp", "read", "/tmp/x"],
  ["--allow-net=127.0.0.1:9000", "net", "127.0.0.1:9001", "--allow-net"],
  ["--allow-read=/tmp", "read", "/etc/hostname", "--allow-read"],
];

for (const [granted, need, target, missing] of DEMANDS) {
  Deno.test(`demand("${need}", "${target}") with ${granted} ${missing ? "throws" : "is silent"}`, async () => {
    const message = `Cannot do it: the permission is missing; add ${missing} to deno run, before main.ts`;
    const expected = missing ? { kind: "permission", message } : null;
    assertEquals(await evaluate(granted.split(" "), demanding(need, target)), expected);
  });
}

Deno.test("keepOnly() gives up everything else", async () => {
  const names = '["net", "read", "write", "run", "env", "sys", "ffi", "import"]';
  const code = `keepOnly(["net", "read"]);
    const granted = ${names}.filter((name) => Deno.permissions.querySync({ name }).state === "granted");
    console.log(JSON.stringify(granted));`;
  assertEquals(await evaluate(["--allow-all"], code), ["net", "read"]);
});
