/** The rules of the source tree, so that they are kept by a test and not by memory. */

import config from "../deno.json" with { type: "json" };
import { assert, assertEquals, assertMatch } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

const MAX_LINES = 300;

/** What each part may import besides itself. `words` are the files beside the folders. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  cli: [
    "output",
    "check",
    "chat",
    "fetch",
    "client",
    "modes",
    "server",
    "transport",
    "http",
    "capture",
    "text",
    "words",
  ],
  output: ["transport", "text", "words"],
  chat: ["modes", "server", "transport", "http", "text", "words"],
  fetch: ["transport", "http", "capture", "text", "words"],
  client: ["transport", "http", "capture", "text", "words"],
  check: ["transport", "http", "capture", "text", "words"],
  modes: ["server", "transport", "capture", "text", "words"],
  server: ["transport", "capture", "text", "words"],
  transport: ["http", "capture", "text", "words"],
  http: ["text", "words"],
  capture: ["text", "words"],
  text: ["words"],
  words: [],
};

/** Parts that do no input or output of their own. */
const PURE = ["text", "modes", "http"];

/** What they must not import: it does input or output. */
const IMPURE = /^node:(?!util$|zlib$|buffer$)|\/permissions\.ts$/;

/** An import; a lazy one is loaded only when the code comes by. */
interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

interface Source {
  readonly path: string;
  /** `server`, `words` for files beside the folders. */
  readonly part: string;
  readonly text: string;
  /** The text without comments: they may say what the code may not. */
  readonly code: string;
  readonly imports: readonly Import[];
}

function* walk(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) yield* walk(url);
    else if (name.endsWith(".ts")) yield url.href.slice(ROOT.href.length);
  }
}

function load(path: string): Source {
  const text = Deno.readTextFileSync(new URL(path, ROOT));
  const code = text.replace(/^\s*\/\*\*[^]*?\*\//gm, "").replace(/(^|\s)\/\/.*$/gm, "");
  return { path, part: partOf(path), text, code, imports: importsOf(code) };
}

/** `import`, `export … from` and `import()` with a literal path. */
function importsOf(code: string): Import[] {
  const statics = code.matchAll(/^(?:import|export)\s+(type\s)?(?:([^"';]*?)\sfrom\s+)?"([^"]+)"/gm);
  const dynamics = code.matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [
    ...[...statics].map(([, type, , from = ""]) => ({ from, typeOnly: type !== undefined, lazy: false })),
    ...[...dynamics].map(([, from = ""]) => ({ from, typeOnly: false, lazy: true })),
  ];
}

/** The file that a relative import names, from the root. */
function resolve({ path }: Source, from: string): string {
  return new URL(from, new URL(path, ROOT)).href.slice(ROOT.href.length);
}

function partOf(path: string): string {
  return /^lib\/([^/]+)\//.exec(path)?.[1] ?? "words";
}

const LIB = [...walk(new URL("lib/", ROOT))].filter((path) => !path.startsWith("lib/std/")).sort().map(load);
const MAIN = load("main.ts");

/** What the platform has, and what deno.json names with its version. */
function isNamed(from: string): boolean {
  const names = Object.keys(config.imports);
  return from.startsWith("node:") || names.some((name) => from === name || from.startsWith(`${name}/`));
}

/** What may be imported by its path. */
const OWN = /^(lib\/(?!std\/).*\.ts|lib\/chat\/web\/page\/[a-z.]+|deno\.json)$/;

/** `path: line` for every line of code that matches. */
function mentions(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, code }) =>
    code.split("\n").filter((line) => pattern.test(line)).map((line) => `${path}: ${line.trim()}`)
  );
}

Deno.test("the layout test sees the source tree", () => {
  const parts = new Set(LIB.map(({ part }) => part));
  for (const part of ["cli", "output", "modes", "server", "transport", "text", "words"]) assert(parts.has(part), part);
  assert(LIB.length > 30);
  const count = LIB.reduce((sum, { imports }) => sum + imports.length, 0);
  const froms = /^(?:import|export|\}).* from "|^import "|\bimport\("/gm;
  const lines = LIB.reduce((sum, { code }) => sum + (code.match(froms)?.length ?? 0), 0);
  assertEquals(count, lines);
});

Deno.test("imports point downward only", () => {
  for (const source of LIB) {
    const allowed = LAYERS[source.part];
    assert(allowed, `lib/${source.part}/ has no place in the layers yet: decide it in this test`);
    for (const { from } of source.imports) {
      if (!from.startsWith(".") || !from.endsWith(".ts")) continue;
      const part = partOf(resolve(source, from));
      assert(part === source.part || allowed.includes(part), `${source.path} imports ${from}`);
    }
  }
});

Deno.test("nothing in lib imports main.ts, lib/std by path, or another package's source", () => {
  for (const source of [...LIB, MAIN]) {
    for (const { from } of source.imports) {
      if (!from.startsWith(".")) assert(isNamed(from), `${source.path} imports ${from}`);
      else assertMatch(resolve(source, from), OWN, source.path);
    }
  }
});

Deno.test("only lib/cli and lib/output import lib/output", () => {
  for (const source of LIB.filter(({ part }) => part !== "cli" && part !== "output")) {
    for (const { from } of source.imports) assert(!/(^|\/)output\//.test(from), `${source.path} imports ${from}`);
  }
});

Deno.test("modes know of the network only the types of mode.ts", () => {
  for (const source of LIB.filter(({ part }) => part === "modes")) {
    for (const { from, typeOnly } of source.imports.filter(({ from }) => from.includes("/net/"))) {
      assertEquals([resolve(source, from), typeOnly], ["lib/server/mode.ts", true], source.path);
    }
  }
});

Deno.test("text, modes and http do no input or output", () => {
  const pure = LIB.filter(({ part }) => PURE.includes(part));
  assertEquals(mentions(pure, /\bDeno\b/), []);
  for (const { path, imports } of pure) {
    for (const { from } of imports) assert(!IMPURE.test(from), `${path} imports ${from}`);
  }
});

Deno.test("nothing in lib touches the console, the standard streams or the process", () => {
  assertEquals(mentions(LIB, /\bconsole\b\s*[.[]/), []);
  assertEquals(mentions(LIB, /\bDeno\s*\.\s*(stdin|stdout|stderr|exit|exitCode|addSignalListener|args)\b/), []);
  assertEquals(mentions(LIB, /\bprocess\s*\.\s*(stdin|stdout|stderr|exit|exitCode|on)\b|"node:process"/), []);
});

/** What is loaded with a file: static imports of values, and theirs. */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  seen.add(path);
  const source = LIB.find((one) => one.path === path);
  for (const { from } of source?.imports.filter(({ typeOnly, lazy }) => !typeOnly && !lazy) ?? []) {
    const next = source && from.startsWith(".") ? resolve(source, from) : from;
    if (!seen.has(next)) loadedWith(next, seen);
  }
  return seen;
}

Deno.test("a page over http is fetched without what is slow to load", () => {
  const loaded = loadedWith("lib/cli/commands/fetch.ts");
  assert(loaded.has("lib/fetch/body.ts"));
  const slow = /^node:(crypto|net|stream|tls|zlib)$|^lib\/transport\/tls\/(client|node|trust|certificate|server)\.ts$/;
  assertEquals([...loaded].filter((path) => slow.test(path)), []);
});

Deno.test("TLS that the platform verifies loads nothing of Node", () => {
  const loaded = loadedWith("lib/transport/tls/client.ts");
  assertEquals([...loaded].filter((name) => name.startsWith("node:")), []);
});

Deno.test("main.ts exits, traps signals and picks the standard streams", () => {
  for (const word of ["exit", "addSignalListener", "stdin", "stdout", "stderr"]) {
    assert(MAIN.code.includes(`Deno.${word}`), word);
  }
  assert(MAIN.code.split("\n").length <= 80);
});

Deno.test("no file is too long", () => {
  for (const { path, text } of [...LIB, MAIN]) {
    const lines = text.split("\n").length - 1;
    assert(lines <= MAX_LINES, `${path} has ${lines} lines`);
  }
});

Deno.test("every file begins by saying what it is for", () => {
  for (const { path, text } of [...LIB, MAIN]) {
    const [comment = ""] = /^\/\*\*\n(?: \*.*\n)+? \*\/\n/.exec(text) ?? [];
    assertMatch(comment, /^\/\*\*\n \* \S[^]*\n \*\n \* @module\n \*\/\n$/, path);
  }
});
