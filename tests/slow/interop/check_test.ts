/** What `check` says about servers that have been right for years: Redis, nginx, and the HTTP server of Python. */

import { assertEquals } from "@std/assert";
import { Folder } from "../../fetch/helpers.ts";
import { misjudged } from "../../support/check/expected.ts";
import { judge } from "../../support/check/learner.ts";
import { nginxConfig } from "../../support/check/right.ts";
import { freePort, needs, type Program, tool } from "../../support/harness.ts";

interface Server {
  readonly program: string;
  start(port: number, folder: Folder): Promise<Program> | Program;
}

const REDIS: Server = {
  program: "redis-server",
  start: (port, folder) =>
    tool("redis-server", ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--dir", folder.path]),
};

const NGINX: Server = {
  program: "nginx",
  start: async (port, folder) => {
    await Deno.chmod(folder.path, 0o755);
    const config = await folder.put("nginx.conf", nginxConfig(folder.path, port));
    return tool("nginx", ["-p", folder.path, "-c", config, "-e", "stderr"]);
  },
};

/** Its HTTP/1.0 ends the connection after each answer. */
const PYTHON: Server = {
  program: "python3",
  start: (port, folder) =>
    tool("python3", ["-m", "http.server", String(port), "--bind", "127.0.0.1", "--directory", folder.path]),
};

const GET = "GET /index.html HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n";

/** The arguments that let a client say this. */
function saying(...messages: string[]): string[] {
  return [...messages.flatMap((message) => ["--send", message]), "--escapes"];
}

function test(
  what: string,
  server: Server,
  suite: string,
  args: readonly string[],
  expected: Parameters<typeof misjudged>[2] = {},
): void {
  Deno.test(`check ${suite} finds nothing wrong with ${what}`, needs([server.program]), async () => {
    await using folder = await Folder.make({ "index.html": "<!doctype html><title>网页</title><p>你好，世界！\n" });
    const port = freePort();
    await using _ = await server.start(port, folder);
    assertEquals(misjudged(what, await judge(suite, port, args), expected), []);
  });
}

test("Redis, inline", REDIS, "segments", saying("PING\\r\\n", "SET name 你好\\r\\n", "GET name\\r\\n"));

test(
  "Redis, in its protocol",
  REDIS,
  "segments",
  saying(
    "*1\\r\\n$4\\r\\nPING\\r\\n",
    "*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\na\\r\\n$6\\r\\n你好\\r\\n",
    "*2\\r\\n$3\\r\\nGET\\r\\n$1\\r\\na\\r\\n",
  ),
);

test("Redis", REDIS, "reply", ["--say", "PING\\r\\n", "--escapes", "--answer", "^\\+PONG", "--frame", "line"]);

test("nginx", NGINX, "segments", saying(GET, GET));

test("Python's http.server", PYTHON, "segments", saying(GET), { unknown: "3" });
