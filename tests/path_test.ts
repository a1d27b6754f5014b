import { assertEquals } from "@std/assert";
import { resolve } from "node:path";
import { absolute } from "../lib/path.ts";

Deno.test({
  name: "absolute() means the path that the platform means",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const plain = ["a", "./a", "../a", "/", "/a/../..", "/dev/null", "//dev//shm/./x", "a/b/../../..", ".."];
    for (const path of [...plain, "", "a#b?c", "你"]) assertEquals(absolute(path), resolve(Deno.cwd(), path), path);
  },
});
