/**
 * Turns a permission set of `deno.json` into flags: the compiled program carries `compiled`, and nothing else.
 *
 * @module
 */

/** A permission set: all of a kind, or the names that it is limited to. */
export type PermissionSet = Readonly<Record<string, boolean | readonly string[]>>;

/**
 * The flags that grant the same.
 *
 * @param set a set of `deno.json`
 * @returns `--allow-net`, `--allow-env=A,B`
 */
export function toFlags(set: PermissionSet): string[] {
  return Object.entries(set).flatMap(([name, value]) => {
    if (typeof value === "boolean") return value ? [`--allow-${name}`] : [];
    // An empty list after = would be no limit at all.
    return value.length === 0 ? [] : [`--allow-${name}=${value.join(",")}`];
  });
}
