/**
 * Makes one piece of what commands share.
 *
 * The bundler makes a piece for each set of `import()`s that lead to a module: of what `fetch` shares with other commands it
 * makes 20, most of them of a few hundred bytes, and each costs a start. Here every `import()` is made to lead to all that is
 * shared, so that the sets are one. What needs a part of Node stays where it is: that part would be loaded for everybody.
 *
 * @module
 */

import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

/** The module that imports each command by an `import()`. */
const TABLE = "lib/cli/table.ts";

/** The module that will import what is shared. */
const CORE = "core.ts";

/** The part of what `deno info --json` says that matters here. */
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

/** Modules, each with those that it imports. */
type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Changes a copy of the sources.
 *
 * @param folder the copy, with `main.ts` in it
 * @param deno the Deno that reads it
 */
export async function makeCore(folder: string, deno: string): Promise<void> {
  const info: Info = JSON.parse(await run(deno, ["info", "--json", "main.ts"], { cwd: folder }));
  const [statics, dynamics] = [importsOf(info, false), importsOf(info, true)];
  const [main] = info.roots;
  const places = new Set([...dynamics.values()].flat().filter((module) => isOurs(module) && module !== main));
  const commands = dynamics.get(new URL(TABLE, main).href) ?? [];
  const reached = commands.flatMap((command) => [...reachableFrom(command, statics)]);
  const shared = new Set(reached.filter((module, i) => isOurs(module) && reached.indexOf(module) !== i));
  const core = [...shared].filter((module) => [...reachableFrom(module, statics)].every((part) => !isNode(part)));
  const file = fileURLToPath(new URL(CORE, main));
  await Deno.writeTextFile(file, core.map((module) => importOf(fileURLToPath(module), file)).join(""));
  for (const path of [...places].map((module) => fileURLToPath(module))) {
    await Deno.writeTextFile(path, importOf(file, path), { append: true });
  }
}

function importsOf({ modules, redirects = {} }: Info, dynamic: boolean): Imports {
  return new Map(modules.map(({ specifier, dependencies = [] }) => {
    const found = dependencies.filter(({ isDynamic = false }) => isDynamic === dynamic).map(({ code }) =>
      code?.specifier
    );
    return [specifier, found.filter((name) => name !== undefined).map((name) => redirects[name] ?? name)];
  }));
}

/** A module and all that is loaded with it. */
function reachableFrom(module: string, imports: Imports): Set<string> {
  const found = new Set([module]);
  for (const each of found) imports.get(each)?.forEach((next) => found.add(next));
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
