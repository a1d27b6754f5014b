/**
 * What the lines of a chat mean. The room tells everybody the same text; a page wants to know who says what.
 *
 * @module
 */

/** A line, taken apart. `name` is whom it is about. */
export type Said =
  | { readonly kind: "say" | "act" | "private"; readonly name: string; readonly text: string }
  | { readonly kind: "join" | "leave" | "you"; readonly name: string; readonly text: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string; readonly text: string }
  | { readonly kind: "note" | "stop" | "removed"; readonly text: string };

/** What people say. Names have no spaces, and only the room itself begins a line with `***`. */
const BY_PEOPLE: readonly (readonly [RegExp, "say" | "act" | "private"])[] = [
  [/^<(\S+)> (.*)$/s, "say"],
  [/^\* (\S+) (.*)$/s, "act"],
  [/^\[(\S+)\] (.*)$/s, "private"],
];

/** What the room tells all about somebody. */
const ABOUT: readonly (readonly [RegExp, "join" | "leave"])[] = [
  [/^(\S+) joined$/, "join"],
  [/^(\S+) (?:left(?:: .*| with their server)?|was dropped: .*|was removed by .*)$/s, "leave"],
];

/** What the room tells one about themselves. */
const YOU = /^You are (\S+?)(?: now(?:: .*)?|; .*)$/;

/**
 * Takes a line apart.
 *
 * @param line without its end, as everybody reads it
 * @returns its meaning; what is not understood is a note
 */
export function parseLine(line: string): Said {
  for (const [pattern, kind] of BY_PEOPLE) {
    const [, name, text = ""] = pattern.exec(line) ?? [];
    if (name !== undefined) return { kind, name, text };
  }
  return parseNote(line.replace(/^\*\*\* /, ""));
}

function parseNote(text: string): Said {
  for (const [pattern, kind] of ABOUT) {
    const [, name] = pattern.exec(text) ?? [];
    if (name !== undefined) return { kind, name, text };
  }
  const [, before, to] = /^(\S+) is (\S+?) now(?:: .*)?$/.exec(text) ?? [];
  if (before !== undefined && to !== undefined) return { kind: "rename", name: before, to, text };
  const [, own] = YOU.exec(text) ?? [];
  if (own !== undefined) return { kind: "you", name: own, text };
  if (text.startsWith("The server stops")) return { kind: "stop", text };
  if (text.startsWith("You were removed")) return { kind: "removed", text };
  return { kind: "note", text };
}
