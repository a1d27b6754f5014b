/** `check` and programs of others: those that are right get no FAIL, the tutorials' chat gets its report in time. */

import { assert, assertEquals } from "@std/assert";
import { chat } from "../../../lib/check/suites/chat.ts";
import { http } from "../../../lib/check/suites/http.ts";
import { udp } from "../../../lib/check/suites/udp.ts";
import type { Suite } from "../../../lib/check/case.ts";
import { parseAddress } from "../../../lib/transport/address.ts";
import { check } from "../../check/servers.ts";
import { ROOT } from "../../../scripts/root.ts";
import { Folder } from "../../fetch/helpers.ts";
import { eventually, freePort, needs, type Program, python, spawnSockeye, tool } from "../../support/harness.ts";
import { connect } from "../../support/sockets.ts";

/** Milliseconds in which a run ends, whatever the program does. */
const RUN_MS = 75_000;

const PAGE = "<title>首页</title><p>你好，世界</p>";

/** All cases are ok, but for some. */
async function getsOk(suite: Suite, address: string, but: Readonly<Record<string, string>> = {}): Promise<void> {
  const { results } = await check(suite, parseAddress(address));
  for (const { id, finding } of results) {
    const name = id.slice(id.indexOf("/") + 1);
    assertEquals([id, finding.verdict], [id, but[name] ?? "ok"], finding.reason?.en);
  }
}

async function portOf(server: Program): Promise<string> {
  const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
  return port;
}

Deno.test("check http: nginx", needs(["nginx"]), async () => {
  await using folder = await Folder.make();
  const port = freePort();
  await Deno.chmod(folder.path, 0o755);
  await folder.put("index.html", PAGE);
  await folder.put("nginx.conf", nginxConfig(folder.path, port));
  await using _ = tool("nginx", ["-p", folder.path, "-c", folder.at("nginx.conf"), "-e", "stderr"]);
  assert(await eventually(() => connect(port).then((conn) => (conn.close(), true), () => false)));
  await getsOk(http, String(port));
});

function nginxConfig(folder: string, port: number): string {
  return `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;
events {}
http {
  access_log off; charset utf-8; types { text/html html; } root ${folder};
  client_body_temp_path ${folder}/1; proxy_temp_path ${folder}/2; fastcgi_temp_path ${folder}/3;
  uwsgi_temp_path ${folder}/4; scgi_temp_path ${folder}/5;
  server { listen 127.0.0.1:${port}; }
}`;
}

/** HTTP/1.0 ends each connection, and its Host may be missing. */
const HTTP_1_0 = { 2: "weak", 6: "weak", 8: "weak" };

Deno.test("check http: Python's http.server", needs(["python3"]), async () => {
  await using folder = await Folder.make({ "index.html": PAGE });
  await using server = tool("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", folder.path]);
  const [, port = ""] = await server.stdoutLine(/ port (\d+) /);
  await getsOk(http, port, HTTP_1_0);
});

Deno.test("check http: Node", needs(["node"]), async () => {
  await using server = tool("node", [`${ROOT}/tests/support/peers/http_server.mjs`]);
  await getsOk(http, await portOf(server));
});

Deno.test("check udp: a server in Python that replies in upper case", needs(["python3"]), async () => {
  await using server = python("udp_server", ["127.0.0.1", 0, "utf-8"]);
  await getsOk(udp, `udp://127.0.0.1:${await portOf(server)}`);
});

Deno.test("check udp: sockeye", async () => {
  await using server = spawnSockeye(["server", "echo", "udp://127.0.0.1:0"]);
  await getsOk(udp, `udp://127.0.0.1:${await server.port()}`);
});

Deno.test("check chat: sockeye", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  await getsOk(chat, String(await server.port()));
});

Deno.test(
  "check chat: the tutorials' chat, which spins after a leave, gets its report in time",
  needs(["python3"]),
  async () => {
    await using server = python("chat_tutorial", ["127.0.0.1", 0]);
    const { results, verdicts, ms } = await check(chat, parseAddress(await portOf(server)));
    assertEquals(results.length, 10);
    assertEquals([verdicts[1], verdicts[4]], ["ok", "fail"], JSON.stringify(verdicts));
    assert(ms < RUN_MS, `${ms} ms`);
  },
);
