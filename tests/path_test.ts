import { assertEquals } from "@std/assert";
import { resolve } from "node:path";
import { absolute } from "../lib/path.ts";

Deno.test({
  name: "absolute() means the path that the platform means",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const paths = [
      "a",
      "./a",
      "../a",
      "/",
      "/a/../..",
      "/dev/null",
      "//dev//shm/./x",
      "a/b/../../..",
      "..",
      "",
      "a#b?c",
      "你",
    ];
    for (const path of paths) assertEquals(absolute(path), resolve(Deno.cwd(), path), path);
  },
});
