/**
 * Prints the section of `CHANGELOG.md` for a version: `deno run --allow-read scripts/release/notes.ts 1.2.3`
 *
 * @module
 */

/**
 * Finds the section of a version.
 *
 * @param changelog the complete text; a section begins with `## VERSION`, optionally followed by a date
 * @param version the version
 * @returns the text below the heading; undefined when there is no such section, or it is empty
 */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  return section?.slice(section.indexOf("\n") + 1).trim() || undefined;
}

if (import.meta.main) {
  const [version = ""] = Deno.args;
  const notes = notesOf(await Deno.readTextFile(new URL("../../CHANGELOG.md", import.meta.url)), version);
  const [stream, text] = notes === undefined
    ? [Deno.stderr, `notes: CHANGELOG.md says nothing about version "${version}"`]
    : [Deno.stdout, notes];
  stream.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exitCode = notes === undefined ? 1 : 0;
}
