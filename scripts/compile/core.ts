/**
 * Makes the bundler put the modules that commands share into two chunks: those that `fetch` needs as well, and the others.
 *
 * The bundler makes a chunk for each set of `import()`s that lead to a module: 20 chunks for the modules that `fetch`
 * shares with other commands, most of a few hundred bytes, and each adds to the start-up time. Here every module that
 * is loaded by an `import()` gets an import of all shared modules, so that only two such sets remain. A small download
 * is the command that runs most often and for the shortest time: what it loads gets no import of the second, larger
 * chunk. Modules that need a `node:` module are left out, because every command would then load it.
 *
 * What only one command loads later, such as the web page of the chat, gets an import of that command, which is loaded
 * by then: the modules that the two share need no chunk of their own.
 *
 * @module
 */

import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

/** The module that imports each command by an `import()`. */
const TABLE = "lib/cli/table.ts";

/** The command that the first chunk is for. */
const FETCH = "lib/cli/commands/fetch.ts";

/** What it loads by an `import()` and other commands load, too. */
const FETCH_LOADS = [
  "lib/cli/dispatch.ts",
  "lib/output/progress.ts",
  "lib/transport/connect.ts",
  "lib/transport/tls/client.ts",
];

/** The modules to write, which import the shared modules. */
const CORE = "core.ts";
const MORE = "more.ts";

/** The part of the output of `deno info --json` that this script uses. */
interface Info {
  readonly roots: readonly [string];
  readonly redirects?: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** Imported modules by importing module. */
type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Writes the two modules into a copy of the sources, and adds imports of them.
 *
 * @param folder folder of the copy, which contains `main.ts`
 * @param deno path of the Deno that analyses the imports
 */
export async function makeCore(folder: string, deno: string): Promise<void> {
  const info: Info = JSON.parse(await run(deno, ["info", "--json", "main.ts"], { cwd: folder }));
  const [statics, dynamics] = [importsOf(info, false), importsOf(info, true)];
  const [main] = info.roots;
  const places = new Set([...dynamics.values()].flat().filter((module) => isOurs(module) && module !== main));
  const table = new URL(TABLE, main).href;
  const commands = dynamics.get(table) ?? [];
  const reached = commands.flatMap((command) => [...reachableFrom(command, statics)]);
  const shared = new Set(reached.filter((module, i) => isOurs(module) && reached.indexOf(module) !== i));
  const urlOf = (name: string) => new URL(name, main).href;
  const fetchModules = reachableFrom(urlOf(FETCH), statics);
  const fetchLoads = new Set(FETCH_LOADS.flatMap((name) => [...reachableFrom(urlOf(name), statics)]));
  const withoutNode = [...shared].filter((module) =>
    [...reachableFrom(module, statics)].every((part) => !isNode(part))
  );
  const core = fileURLToPath(urlOf(CORE));
  const more = fileURLToPath(urlOf(MORE));
  await writeImports(core, withoutNode.filter((module) => fetchModules.has(module)));
  await writeImports(more, withoutNode.filter((module) => !fetchModules.has(module)));
  const ownerOf = ownership(main, commands, statics, new Map([...dynamics].filter(([module]) => module !== table)));
  for (const place of places) {
    const path = fileURLToPath(place);
    const owner = ownerOf(place);
    const isForFetch = fetchModules.has(place) || fetchLoads.has(place) || owner === urlOf(FETCH);
    const chunks = isForFetch ? [core] : [core, more];
    const added = owner === undefined ? chunks : [...chunks, fileURLToPath(owner)];
    await Deno.writeTextFile(path, added.map((module) => importOf(module, path)).join(""), { append: true });
  }
}

async function writeImports(file: string, modules: readonly string[]): Promise<void> {
  await Deno.writeTextFile(file, modules.map((module) => importOf(fileURLToPath(module), file)).join(""));
}

/**
 * Returns a function that tells which command alone loads a module later. The dynamic imports are those without the
 * table, which leads from the texts about all commands to each of them; those of `main.ts` start worker threads.
 */
function ownership(main: string, commands: readonly string[], statics: Imports, dynamics: Imports) {
  const starts = [...commands, ...dynamics.get(main) ?? []];
  const reached = new Map(starts.map((start) => [start, reachableFrom(start, statics, dynamics)]));
  return (place: string): string | undefined => {
    const [user = "", ...others] = starts.filter((start) => reached.get(start)?.has(place));
    return others.length === 0 && user !== place && commands.includes(user) ? user : undefined;
  };
}

function importsOf({ modules, redirects = {} }: Info, dynamic: boolean): Imports {
  return new Map(modules.map(({ specifier, dependencies = [] }) => {
    const found = dependencies.filter(({ isDynamic = false }) => isDynamic === dynamic).map(({ code }) =>
      code?.specifier
    );
    return [specifier, found.filter((name) => name !== undefined).map((name) => redirects[name] ?? name)];
  }));
}

/** Returns a module and all modules that it imports, directly or indirectly. */
function reachableFrom(module: string, ...imports: readonly Imports[]): Set<string> {
  const found = new Set([module]);
  for (const each of found) imports.forEach((some) => some.get(each)?.forEach((next) => found.add(next)));
  return found;
}

function isOurs(module: string): boolean {
  return module.startsWith("file:") && module.endsWith(".ts");
}

function isNode(module: string): boolean {
  return module.startsWith("node:");
}

function importOf(path: string, from: string): string {
  return `import "./${relative(dirname(from), path).replaceAll("\\", "/")}";\n`;
}
