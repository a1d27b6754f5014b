/** The installer, with a release made for the test on a local web server. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pack, writeSums } from "../../scripts/compile/archive.ts";
import type { Target } from "../../scripts/compile/targets.ts";
import { ROOT } from "../../scripts/root.ts";
import { needs, tool } from "../support/harness.ts";
import { type Ending, environment } from "../support/program.ts";
import { Folder } from "../fetch/helpers.ts";

const SCRIPT = `${ROOT}/scripts/install.sh`;

const TOOLS = needs(["sh", "curl", "tar", "sha256sum"], Deno.build.os !== "windows");

/** A folder with a release in `release/`, where programs of the system can be replaced in `tools/`. */
class Stand implements AsyncDisposable {
  readonly #web: Deno.HttpServer<Deno.NetAddr>;

  private constructor(readonly folder: Folder) {
    const onListen = () => {};
    this.#web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, async (request) => {
      const file = await Deno.readFile(folder.at(`release${new URL(request.url).pathname}`)).catch(() => undefined);
      return new Response(file, { status: file ? 200 : 404 });
    });
  }

  static async make(targets: readonly Target[], versions: readonly string[] = ["1.2.3"]): Promise<Stand> {
    const folder = await Folder.make();
    for (const name of ["release", "tools", "home"]) await Deno.mkdir(folder.at(name));
    const program = await folder.put("program", "#!/bin/sh\necho sockeye 1.2.3\n");
    const texts = new Map([["sockeye.1", "manual"], ["completions/_sockeye", "completions"]]);
    const names: string[] = [];
    for (const version of versions) {
      for (const target of targets) {
        const path = await pack({ root: ROOT, program, texts, version, target }, folder.at("release"));
        names.push(path.split("/").at(-1) ?? "");
      }
    }
    await writeSums(folder.at("release"), names);
    return new Stand(folder);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#web.addr.port}`;
  }

  /** Puts a shell script in place of a program of the system. */
  async replace(name: string, script: string): Promise<void> {
    await Deno.chmod(await this.folder.put(`tools/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
  }

  /** Runs the installer on a system whose `uname` gives this system and machine. */
  async install(
    uname: string,
    env: Readonly<Record<string, string | undefined>> = {},
    args: readonly string[] = [],
    script: string = SCRIPT,
  ): Promise<Ending> {
    const [system, machine] = uname.split(" ");
    await this.replace("uname", `[ "$1" = -s ] && echo ${system} || echo ${machine}`);
    const path = `${this.folder.at("tools")}:${environment({}).PATH}`;
    const own = { PATH: path, HOME: this.folder.at("home"), PREFIX: undefined, SOCKEYE_RELEASE: this.url };
    await using program = tool("/bin/sh", [script, ...args], { env: { ...own, ...env } });
    return await program.status();
  }

  /** The files below the home folder, sorted. */
  async installed(folder = this.folder.at("home")): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      names.push(...isDirectory ? await this.installed(`${folder}/${name}`) : [`${folder}/${name}`]);
    }
    return names.map((name) => name.replace(this.folder.at("home"), "~")).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#web.shutdown();
    await this.folder[Symbol.asyncDispose]();
  }
}

const LINUX = "x86_64-unknown-linux-gnu";

const SYSTEMS = [
  ["Linux x86_64", LINUX],
  ["Linux aarch64", "aarch64-unknown-linux-gnu"],
  ["Darwin x86_64", "x86_64-apple-darwin"],
  ["Darwin arm64", "aarch64-apple-darwin"],
] as const;

for (const [uname, target] of SYSTEMS) {
  Deno.test(`install.sh on ${uname} installs ${target}`, TOOLS, async () => {
    await using stand = await Stand.make([target]);
    await stand.replace("ldd", "echo 'ldd (GNU libc) 2.36'");
    const { code, stdout, stderr } = await stand.install(uname);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^Installed .*\/home\/\.local\/bin\/sockeye\n.*\/bin is not in PATH yet: .*\n/);
    const files = ["bin/sockeye", "share/man/man1/sockeye.1", "share/zsh/site-functions/_sockeye"];
    assertEquals(await stand.installed(), files.map((file) => `~/.local/${file}`));
    assertEquals((await tool(stand.folder.at("home/.local/bin/sockeye"), []).ends(0)).stdout, "sockeye 1.2.3\n");
  });
}

Deno.test("install.sh installs below PREFIX, and over an old one that runs", TOOLS, async () => {
  await using stand = await Stand.make([LINUX]);
  const prefix = stand.folder.at("home/a b");
  await Deno.mkdir(`${prefix}/bin`, { recursive: true });
  await stand.folder.put("home/a b/bin/sockeye", "old");
  const { code, stdout } = await stand.install("Linux x86_64", { PREFIX: prefix, HOME: undefined });
  assertEquals(code, 0);
  assertStringIncludes(stdout, `Installed ${prefix}/bin/sockeye`);
  assertStringIncludes(await stand.folder.get("home/a b/bin/sockeye") ?? "", "sockeye 1.2.3");
});

Deno.test("install.sh in an unpacked archive installs the program beside it", TOOLS, async () => {
  await using stand = await Stand.make([LINUX]);
  const archive = stand.folder.at(`release/sockeye-1.2.3-${LINUX}.tar.gz`);
  await tool("tar", ["-xzf", archive, "-C", stand.folder.at("tools")]).ends(0);
  const script = stand.folder.at(`tools/sockeye-1.2.3-${LINUX}/install.sh`);
  const { code, stdout } = await stand.install("Linux x86_64", { SOCKEYE_RELEASE: undefined }, [], script);
  assertEquals(code, 0);
  assertMatch(stdout, /^Installed .*\/home\/\.local\/bin\/sockeye\n/);
});

Deno.test("install.sh --version chooses, --uninstall removes what was installed", TOOLS, async () => {
  await using stand = await Stand.make([LINUX], ["1.2.3", "1.3.0"]);
  const run = (...args: string[]) => stand.install("Linux x86_64", {}, args);
  assertMatch((await run()).stderr, /more than one archive for .*: choose one with --version\n$/);
  assertMatch((await run("--version", "1.2")).stderr, /has nothing for .* in version 1\.2\n$/);
  await Deno.writeTextFile(stand.folder.at("home/mine"), "");
  for (const args of [["--version", "1.3.0"], ["--version=v1.2.3"]]) assertEquals((await run(...args)).code, 0);
  assertEquals((await stand.installed()).length, 4);
  const { code, stdout } = await run("--uninstall");
  assertEquals([code, await stand.installed()], [0, ["~/mine"]]);
  assertMatch(stdout, /^Removed .*\/\.local\/bin\/sockeye, its manual and its completions\n$/);
  assertMatch((await run("--uninstall")).stderr, /^install: There is no .*\/\.local\/bin\/sockeye to remove\n$/);
});

Deno.test("install.sh --version of a release with a folder for each version goes to that folder", TOOLS, async () => {
  await using stand = await Stand.make([LINUX]);
  await Deno.rename(stand.folder.at("release"), stand.folder.at("v1.2.3"));
  await Deno.mkdir(stand.folder.at("release"));
  await Deno.rename(stand.folder.at("v1.2.3"), stand.folder.at("release/v1.2.3"));
  const env = { SOCKEYE_RELEASE: `${stand.url}/v9.0.0` };
  assertEquals((await stand.install("Linux x86_64", env, ["--version", "1.2.3"])).code, 0);
});

Deno.test("install.sh says what zsh needs to find its completions", needs(["zsh"], TOOLS.ignore !== true), async () => {
  await using stand = await Stand.make([LINUX]);
  const { stdout } = await stand.install("Linux x86_64");
  assertMatch(stdout, /^zsh completes after this line in ~\/\.zshrc, before compinit: fpath=\(".*" \$fpath\)$/m);
});

for (
  const [args, says] of [
    [["--version"], "Option --version needs a version"],
    [["--version", "../x"], 'Bad version "../x"'],
    [["now"], 'Unknown argument "now"'],
    [["--uninstall", "--version", "1"], "Options --uninstall and --version do not go together"],
  ] as const
) {
  Deno.test(`install.sh ${args.join(" ")} is a mistake`, TOOLS, async () => {
    await using stand = await Stand.make([]);
    const { code, stderr } = await stand.install("Linux x86_64", {}, args);
    assertEquals([code, stderr], [2, `install: ${says}; --help lists the options\n`]);
  });
}

Deno.test("install.sh --help lists its options", TOOLS, async () => {
  await using stand = await Stand.make([]);
  const { code, stdout } = await stand.install("Linux x86_64", { HOME: undefined }, ["--help"]);
  assertEquals(code, 0);
  for (const option of ["--version X", "--uninstall", "PREFIX", "SOCKEYE_RELEASE"]) {
    assertStringIncludes(stdout, option);
  }
});

/** A failure: how it is caused, and the one line of the message. */
interface Failure {
  readonly uname?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly spoil?: (stand: Stand) => Promise<unknown>;
  readonly says: RegExp;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  "an archive with another checksum": {
    spoil: ({ folder }) => folder.put(`release/sockeye-1.2.3-${LINUX}.tar.gz`, "something else"),
    says: /The checksum of sockeye-1\.2\.3-.* is [0-9a-f]{64}, not [0-9a-f]{64}: nothing was installed/,
  },
  "an archive that is not there": {
    spoil: ({ folder }) => Deno.remove(folder.at(`release/sockeye-1.2.3-${LINUX}.tar.gz`)),
    says: /Cannot fetch http.*\.tar\.gz/,
  },
  "a checksum program that fails": {
    spoil: (stand) => stand.replace("sha256sum", "exit 1"),
    says: /Cannot check the archive: sha256sum failed$/,
  },
  "a checksum program that says nothing": {
    spoil: (stand) => stand.replace("sha256sum", ":"),
    says: /Cannot check the archive: its checksum is said to be ""$/,
  },
  "a checksum that is none": {
    spoil: ({ folder }) => folder.put("release/SHA256SUMS", `abc  sockeye-1.2.3-${LINUX}.tar.gz\n`),
    says: /SHA256SUMS has no checksum for sockeye-1\.2\.3-.*: abc$/,
  },
  "a checksum with other characters": {
    spoil: ({ folder }) => folder.put("release/SHA256SUMS", `${"g".repeat(64)}  sockeye-1.2.3-${LINUX}.tar.gz\n`),
    says: /SHA256SUMS has no checksum for sockeye-1\.2\.3-.*: g{64}$/,
  },
  "two archives to choose from": {
    spoil: async ({ folder }) => {
      const sums = await folder.get("release/SHA256SUMS") ?? "";
      await folder.put("release/SHA256SUMS", sums + sums.replace("1.2.3", "1.2.4"));
    },
    says: /has more than one archive for x86_64-unknown-linux-gnu: choose one with --version$/,
  },
  "no release": { env: { SOCKEYE_RELEASE: undefined }, says: /Say where the release is: SOCKEYE_RELEASE=/ },
  "no home": { env: { HOME: undefined }, says: /There is no HOME: say where to install, PREFIX=/ },
  "another system": { uname: "FreeBSD x86_64", says: /There is no sockeye for FreeBSD/ },
  "another processor": { uname: "Linux riscv64", says: /There is no sockeye for the processor riscv64/ },
  "a system that the release leaves out": { uname: "Darwin arm64", says: /has nothing for aarch64-apple-darwin/ },
  "musl": {
    spoil: (stand) => stand.replace("ldd", "echo 'musl libc (x86_64)' >&2; exit 1"),
    says: /This Linux has musl, sockeye needs glibc/,
  },
  "a place that cannot be written": { env: { PREFIX: "/proc/nowhere" }, says: /Cannot make the folder of / },
};

for (const [name, { uname = "Linux x86_64", env = {}, spoil, says }] of Object.entries(FAILURES)) {
  Deno.test(`install.sh with ${name} says so and installs nothing`, TOOLS, async () => {
    await using stand = await Stand.make([LINUX]);
    await spoil?.(stand);
    const { code, stdout, stderr } = await stand.install(uname, env);
    const own = stderr.trimEnd().split("\n").filter((line) => line.startsWith("install: "));
    assertEquals(own.length, 1, stderr);
    assertMatch(own[0] ?? "", says);
    assertEquals([code, stdout, await stand.installed()], [1, "", []]);
  });
}

Deno.test("shell scripts have nothing that shellcheck remarks on", needs(["shellcheck"]), async () => {
  const own = await Array.fromAsync(Deno.readDir(`${ROOT}/.ci`), ({ name }) => `${ROOT}/.ci/${name}`);
  assert(own.includes(`${ROOT}/.ci/run`), own.join());
  assertEquals((await tool("shellcheck", ["--severity=style", SCRIPT, ...own]).ends(0)).stdout, "");
});
