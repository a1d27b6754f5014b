/**
 * Turns a permission set of `deno.json` into flags: the compiled program has the set `compiled` and no other
 * permission.
 *
 * @module
 */

/** A permission set: for each permission true, or the names that it is limited to. */
export type PermissionSet = Readonly<Record<string, boolean | readonly string[]>>;

/**
 * Returns the flags that grant a permission set.
 *
 * @param set a permission set of `deno.json`
 * @returns flags such as `--allow-net` and `--allow-env=A,B`
 */
export function toFlags(set: PermissionSet): string[] {
  return Object.entries(set).flatMap(([name, value]) => {
    if (typeof value === "boolean") return value ? [`--allow-${name}`] : [];
    // `--allow-env=` with an empty list would grant the permission without a limit.
    return value.length === 0 ? [] : [`--allow-${name}=${value.join(",")}`];
  });
}
