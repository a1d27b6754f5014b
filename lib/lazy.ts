/**
 * Modules that are loaded on first use, and used often after that.
 *
 * @module
 */

/**
 * Loads a module once: `import()` of a loaded module looks it up each time, which takes some microseconds of a short connection.
 * After a failure the next call tries again.
 */
export function lazy<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () =>
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
}
