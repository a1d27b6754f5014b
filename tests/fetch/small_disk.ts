/**
 * Whether a test may mount a disk of its own, which only the processes that it starts can see.
 *
 * @module
 */
export const hasSmallDisk: boolean = Deno.build.os === "linux" && (() => {
  const args = ["-c", "unshare -rm mount -t tmpfs sockeye /mnt"];
  return new Deno.Command("sh", { args, stderr: "null" }).outputSync().success;
})();
