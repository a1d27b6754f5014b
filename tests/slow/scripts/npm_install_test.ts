/** The package for npm, installed into an empty prefix: what a person has after `npm i -g`. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { ROOT } from "../../../scripts/root.ts";
import { Folder } from "../../fetch/helpers.ts";
import { has, needs, tool } from "../../support/harness.ts";
import { connect, readAll, writeAll } from "../../support/sockets.ts";

/** Milliseconds for the hundred megabytes of Deno. */
const DOWNLOAD_MS = 180_000;

/** Whether npm reaches a registry that has Deno. */
async function reachesRegistry(): Promise<boolean> {
  if (!has("npm")) return false;
  await using npm = tool("npm", ["view", "deno", "version", "--fetch-retries", "0", "--fetch-timeout", "10000"]);
  return (await npm.status()).code === 0;
}

const FITS = needs(["node", "npm", "tar"], Deno.build.os !== "windows" && await reachesRegistry());

Deno.test(
  "npm i -g of the packed file gives a sockeye that serves, talks, fetches and fails as it should",
  FITS,
  async () => {
    await using folder = await Folder.make();
    const make = ["run", "--allow-all", "--no-lock", `${ROOT}/scripts/compile.ts`, "--npm", "--out", folder.path];
    await tool(Deno.execPath(), make).ends(0);
    const packed = folder.at(`sockeye-net-sockeye-${config.version}.tgz`);
    const prefix = folder.at("prefix");
    await using npm = tool("npm", ["i", "-g", "--prefix", prefix, "--no-audit", "--no-fund", packed]);
    const { code, stderr } = await npm.status(DOWNLOAD_MS);
    assertEquals(code, 0, stderr);
    const sockeye = (...args: string[]) => tool(`${prefix}/bin/sockeye`, args, { cwd: folder.path });

    assertMatch((await sockeye("--version").ends(0)).stdout, new RegExp(`^sockeye ${config.version} `));
    assertEquals(
      (await sockeye("servr").ends(2)).stderr.split(" (")[0],
      'sockeye: Unknown command "servr" - did you mean "server"?',
    );

    await using server = sockeye("server", "0");
    const port = await server.port();
    using peer = await connect(port);
    await writeAll(peer, "hi");
    await peer.closeWrite();
    assertEquals(new TextDecoder().decode(await readAll(peer)), "hi");
    await server.ends(143, "SIGTERM");

    await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("page"));
    await sockeye("fetch", `http://127.0.0.1:${web.addr.port}/`, "-o", "page.html").ends(0);
    assertEquals(await folder.get("page.html"), "page");

    // Its library is a file of the package.
    await sockeye("cert").ends(0);
    assert((await folder.get("sockeye.crt"))?.includes("BEGIN CERTIFICATE"));
    assert((await Deno.stat(`${prefix}/share/man/man1/sockeye.1`)).isFile);
  },
);
