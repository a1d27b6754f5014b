/**
 * Modules that are loaded when they are first used, and used often then.
 *
 * @module
 */

/**
 * Remembers what was loaded: `import()` looks its module up each time, which takes some microseconds of a short connection.
 */
export function lazy<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => loading ??= load();
}
