/** The files of a release, which run only where no test can follow: they must name what exists, and nothing else. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MODES } from "../../lib/cli/modes.ts";
import { notesOf } from "../../scripts/release/notes.ts";
import { ROOT } from "../../scripts/root.ts";
import { needs, tool } from "../support/harness.ts";
import { inFolder } from "../fetch/helpers.ts";

const read = (path: string) => Deno.readTextFile(`${ROOT}/${path}`);

/** The line that the workflow removes from deno.json before it runs these tests. */
const LINKS = /^ {2}"links": \[.*\],\n/gm;

const UNITS = "scripts/release/systemd";

const UNIT = `${UNITS}/sockeye@.service`;

Deno.test("notesOf() finds the section of a version", () => {
  const released = "## 1.2.0 - 2026-11-21\n\n- a\n- b\n\n## 1.1.0\n\n## 1.0.0\n- c\n";
  const changelog = `# Changelog\n\n## Unreleased\n\n- new\n\n${released}`;
  assertEquals(notesOf(changelog, "1.2.0"), "- a\n- b");
  assertEquals(notesOf(changelog, "1.0.0"), "- c");
  for (const version of ["1.1.0", "1.2", "1", ""]) assertEquals(notesOf(changelog, version), undefined, version);
});

Deno.test("the workflow names only tasks, files and lines that exist", async () => {
  const workflow = await read(".github/workflows/release.yml");
  const tasks = [...workflow.matchAll(/deno task (\S+)/g)].map(([, task = ""]) => task);
  const { tasks: known }: { tasks: Record<string, unknown> } = JSON.parse(await read("deno.json"));
  assertEquals(tasks.filter((task) => !(task in known)), []);
  assertEquals(tasks, ["compile", "test:all", "test:e2e"]);
  for (const [path] of workflow.matchAll(/\bscripts\/\S+\.\w+|\.ci\/\w+/g)) assert(await read(path), path);
  assertStringIncludes(workflow, `sed -i '/^  "links":/d' deno.json`);
  assertEquals((await read("scripts/install.sh")).match(/^release=/gm)?.length, 1);
  const [, version] = /\bdeno@([\d.]+)/.exec(await read(".ci/run")) ?? [];
  assertStringIncludes(workflow, `deno-version: ${version}\n`);
});

Deno.test("deno.json has its links in one line, or none, and is the same without them", async () => {
  const text = await read("deno.json");
  const { links, ...rest }: { links?: unknown } = JSON.parse(text);
  assertEquals(text.match(LINKS)?.length ?? 0, links === undefined ? 0 : 1);
  assertEquals(JSON.parse(text.replace(LINKS, "")), rest);
});

/** What a test run prints, and how `.ci/strict` ends after it. */
const RUNS: readonly (readonly [ran: string, ends: number, code: number])[] = [
  ["ok | 5 passed | 0 failed (1s)", 0, 0],
  ["a test ... \x1b[33mignored\x1b[0m (0ms)\nok | 5 passed | 0 failed | 1 ignored (1s)", 0, 1],
  ["a test of ... ignored (0ms) ... ok (1s)\nok | 5 passed | 0 failed (1s)", 0, 0],
  ["FAILED | 5 passed | 1 failed (1s)", 7, 7],
];

for (const [ran, ends, code] of RUNS) {
  Deno.test(`.ci/strict ends with ${code} after ${JSON.stringify(ran)}`, needs(["bash"]), async () => {
    const words = ["sh", "-c", 'echo "$1"; exit "$2"', "sh", ran, String(ends)];
    const { stdout } = await tool(`${ROOT}/.ci/strict`, words).ends(code);
    assertEquals([stdout.startsWith(`${ran}\n`), stdout.includes("== These tests were ignored")], [true, code === 1]);
  });
}

Deno.test("the unit keeps the service in a sandbox and can run every mode that needs no terminal", async () => {
  const unit = await read(UNIT);
  for (const option of ["DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="]) {
    assert(unit.split("\n").includes(option), option);
  }
  assert(!/^MemoryDenyWriteExecute=/m.test(unit), "V8 cannot live with it");
  assertMatch(unit, /^ExecStart=\/usr\/local\/bin\/sockeye server %i \$ADDRESS --no-data \$OPTIONS$/m);
  assertMatch(unit, /^StateDirectory=sockeye\/%i\nWorkingDirectory=%S\/sockeye\/%i$/m);
  assertMatch(unit, /^SuccessExitStatus=143$/m);
  const [, services = ""] = /systemctl enable --now (.*)/.exec(unit) ?? [];
  const modes = services.split(" ").map((service) => service.replace("sockeye@", ""));
  assertEquals(modes.filter((mode) => !MODES.some(({ name }) => name === mode)), []);
  // Both services run at the same time, on ports of their own.
  const ports = modes.map((mode) => new RegExp(`/etc/default/sockeye-${mode} +ADDRESS=:(\\d+)`).exec(unit)?.[1]);
  assertEquals([ports.includes(undefined), new Set(ports).size], [false, 2]);
});

for (const variant of [undefined, "tls.conf", "low-port.conf"]) {
  inFolder(`systemd takes the unit ${variant ? `with ${variant} ` : ""}and calls its sandbox good`, async (folder) => {
    // The program itself is not installed where tests run.
    const put = async (name: string, file: string) =>
      await folder.put(name, (await read(`${UNITS}/${file}`)).replaceAll("/usr/local/bin/sockeye", "/bin/true"));
    await put("sockeye@.service", "sockeye@.service");
    await put("sockeye@.socket", "sockeye@.socket");
    await Deno.mkdir(folder.at("sockeye@.service.d"));
    if (variant) await put(`sockeye@.service.d/${variant}`, variant);
    const units = ["sockeye@chat.service", "sockeye@chat.socket"].map((unit) => folder.at(unit));
    const { stderr } = await tool("systemd-analyze", ["verify", ...units]).ends(0);
    // It also reports on other units of the machine.
    assertEquals(stderr.split("\n").filter((line) => line.includes("sockeye")), []);
    const security = tool("systemd-analyze", ["security", "--offline=yes", folder.at("sockeye@.service")]);
    const [, exposure = "10"] = /Overall exposure level for \S+: ([\d.]+)/.exec((await security.status()).stdout) ?? [];
    assert(Number(exposure) < 2, `${exposure} of 10`);
  }, needs(["systemd-analyze"]));
}

Deno.test("the container starts the program directly, without root, on a system with glibc", async () => {
  const lines = (await read("scripts/release/Containerfile")).split("\n").filter((line) => /^[A-Z]/.test(line));
  assertMatch(lines[0] ?? "", /^FROM gcr\.io\/distroless\/cc-debian\d+:nonroot$/);
  assert(lines.includes('ENTRYPOINT ["/usr/local/bin/sockeye"]'), "a shell would not pass SIGTERM on");
  assertEquals(lines.map((line) => line.split(" ", 1)[0]), ["FROM", "COPY", "WORKDIR", "ENTRYPOINT", "CMD", "EXPOSE"]);
});
