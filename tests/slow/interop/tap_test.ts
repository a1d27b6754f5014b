/**
 * `sockeye tap` between programs of others: what they get through it is what they get directly, byte for byte, and each connection
 * ends as it does directly.
 */

import { assert, assertEquals } from "@std/assert";
import { chatOn } from "../../e2e/site.ts";
import { type Folder, inFolder } from "../../fetch/helpers.ts";
import { Chatter } from "../../support/chatter.ts";
import { eventually, freePort, needs, type Program, spawnSockeye, tool, UNSEEN } from "../../support/harness.ts";
import { Nats } from "../../support/nats.ts";
import { converseThroughTap } from "../../support/random_streams.ts";
import { connect, readAll, textOf, utf8, writeAll } from "../../support/sockets.ts";
import { Reverser, test } from "./tls.ts";

const HOST = "127.0.0.1";

/** A tap before a port of this machine; nobody keeps what it shows. */
async function before(target: string | number, ...words: string[]): Promise<{ tap: Program; port: number }> {
  const tap = spawnSockeye(["tap", `${HOST}:0`, String(target), ...words], { via: UNSEEN });
  return { tap, port: await tap.port() };
}

/** Waits until a program listens. */
async function listening(program: Program, port: number): Promise<void> {
  const answers = () => connect(port).then((conn) => (conn.close(), true), () => false);
  assert(await eventually(answers), program.stderr);
}

Deno.test(
  "tap gives 100 random conversations of Python every byte, half-close and reset",
  needs(["python3"]),
  () => converseThroughTap(100),
);

/** Commands of a person, long values and a transaction; everything that Redis says depends on them alone. */
const COMMANDS = [
  "set greeting 你好",
  "get greeting",
  `set long ${"0123456789".repeat(20_000)}`,
  "get long",
  "lpush list a b c",
  "lrange list 0 -1",
  "multi",
  "incr count",
  "incr count",
  "exec",
  "get nothing",
  "bad command",
  "hset hash one 1 two 2",
  "hgetall hash",
  "flushall",
  "",
].join("\n");

inFolder("tap between redis-cli and redis-server", async (folder) => {
  const port = freePort();
  const words = ["--port", String(port), "--bind", HOST, "--save", "", "--dir", folder.path];
  await using server = tool("redis-server", words);
  await listening(server, port);
  const { tap, port: entrance } = await before(port);
  await using _ = tap;
  const run = async (port: number) => {
    const ask = tool("redis-cli", ["-h", HOST, "-p", String(port)], { stdin: { content: COMMANDS } });
    return (await ask.ends(0)).stdout;
  };
  assertEquals(await run(entrance), await run(port));
}, needs(["redis-server", "redis-cli"]));

/** A wildcard, a reply subject, a payload with line ends and an error; INFO alone differs from one connection to the next. */
const NATS_WORDS = [
  'CONNECT {"verbose":true,"pedantic":true}',
  "SUB room.> 1",
  "PUB room.one 5\r\nhello",
  "PUB room.two reply 8\r\n你好\r\n",
  "UNSUB 1 1",
  "SUB bad..subject 2",
  "PING",
  "no such word, which ends it",
  "",
].join("\r\n");

Deno.test("tap between a client and nats-server", needs(["nats-server"]), async () => {
  await using nats = await Nats.start();
  const { tap, port: entrance } = await before(nats.port);
  await using _ = tap;
  const talk = async (port: number) => {
    using conn = await connect(port);
    await writeAll(conn, utf8(NATS_WORDS));
    return textOf(await readAll(conn)).replace(/^INFO .*\r\n/, "");
  };
  const direct = await talk(nats.port);
  assertEquals(direct.match(/^MSG .*/gm)?.length, 2, direct);
  assertEquals(await talk(entrance), direct);
});

Deno.test("a room reaches nats-server through tap", needs(["nats-server"]), async () => {
  await using nats = await Nats.startJetStream();
  const { tap, port: entrance } = await before(nats.port);
  await using _ = tap;
  await using one = (await chatOn(nats.url)).server;
  await using two = (await chatOn(`nats://${HOST}:${entrance}`)).server;
  await using ann = await Chatter.join(await one.port());
  await using bob = await Chatter.join(await two.port());
  await ann.hears(/ joined$/);
  await bob.say("through the tap");
  await ann.hears(/> through the tap$/);
});

/** Bytes that are the same in every run, and that show what is lost, doubled or swapped. */
const BYTES = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24);

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function nginxConfig(folder: Folder, port: number): string {
  return `
daemon off; master_process off; pid ${folder.path}/nginx.pid; error_log stderr warn;
events {}
http {
  access_log off; root ${folder.path}; client_max_body_size 10m;
  client_body_temp_path ${folder.path}/1; proxy_temp_path ${folder.path}/2; fastcgi_temp_path ${folder.path}/3;
  uwsgi_temp_path ${folder.path}/4; scgi_temp_path ${folder.path}/5;
  server { listen ${HOST}:${port}; }
}`;
}

inFolder("tap between curl and nginx", async (folder) => {
  const port = freePort();
  await Deno.chmod(folder.path, 0o755);
  await Deno.writeFile(folder.at("bytes"), BYTES);
  await folder.put("nginx.conf", nginxConfig(folder, port));
  await using nginx = tool("nginx", ["-p", folder.path, "-c", folder.at("nginx.conf"), "-e", "stderr"]);
  await listening(nginx, port);
  const { tap, port: entrance } = await before(port);
  await using _ = tap;
  const get = async (port: number) => {
    const urls = ["bytes", "nothing", "bytes"].map((name) => `http://${HOST}:${port}/${name}`);
    return await digest((await tool("curl", ["-sS", "--http1.1", ...urls]).ends(0)).bytes);
  };
  assertEquals(await get(entrance), await get(port));
}, needs(["nginx", "curl"]));

inFolder("tap between two socats gives a file whole", async (folder) => {
  const port = freePort();
  await Deno.writeFile(folder.at("bytes"), BYTES);
  const target = tool("socat", ["-d", "-d", "-u", `TCP-LISTEN:${port},bind=${HOST},reuseaddr`, "-"]);
  await using _target = target;
  const { tap, port: entrance } = await before(port);
  await using _ = tap;
  await target.stderrLine(/ listening on /);
  await using client = tool("socat", ["-u", `OPEN:${folder.at("bytes")}`, `TCP:${HOST}:${entrance}`]);
  await client.ends(0);
  const { bytes } = await target.ends(0);
  assertEquals(await digest(bytes), await digest(BYTES));
}, needs(["socat"]));

test("tap between openssl at both ends: TLS passes as it is", ["openssl"], async (made) => {
  await using reverser = await Reverser.start(made);
  const { tap, port } = await before(reverser.port);
  await using _ = tap;
  const words = ["s_client", "-connect", `${HOST}:${port}`, "-CAfile", made.at("ca.pem"), "-quiet", "-verify_quiet"];
  await using client = tool("openssl", words, { stdin: "piped" });
  await client.write("hello\n");
  await client.stdoutLine(/^olleh$/);
});

test("tap speaks TLS to openssl at both ends", ["openssl"], async (made) => {
  await using reverser = await Reverser.start(made);
  const words = ["--cert", made.at("1.pem"), "--key", made.at("1.key"), "--ca", made.at("ca.pem"), "--json"];
  await using tap = spawnSockeye(["tap", `tls://${HOST}:0`, `tls://${HOST}:${reverser.port}`, ...words], {
    permissions: ["--allow-net", "--allow-read"],
  });
  const ask = ["s_client", "-connect", `${HOST}:${await tap.port()}`, "-CAfile", made.at("ca.pem"), "-quiet"];
  await using client = tool("openssl", ask, { stdin: "piped" });
  await client.write("hello\n");
  await client.stdoutLine(/^olleh$/);
  await tap.stdoutLine(/"dir":"up".*"text":"hello\\n"/);
});

test("tap --alpn: both ends of openssl speak the protocol that the client chose", ["openssl"], async (made) => {
  const offers = { agreed: "h2", refused: "smtp" };
  for (const [what, offer] of Object.entries(offers)) {
    await using reverser = await Reverser.start(made, 1, "-alpn", offer);
    const words = [
      "--cert",
      made.at("1.pem"),
      "--key",
      made.at("1.key"),
      "--ca",
      made.at("ca.pem"),
      "--alpn",
      "h2,http/1.1",
    ];
    await using tap = spawnSockeye(["tap", `tls://${HOST}:0`, `tls://${HOST}:${reverser.port}`, ...words], {
      permissions: ["--allow-net", "--allow-read"],
    });
    const entrance = `${HOST}:${await tap.port()}`;
    const ask = ["s_client", "-connect", entrance, "-CAfile", made.at("ca.pem"), "-alpn", "imap,h2"];
    await using client = tool("openssl", ask, { stdin: "piped" });
    await client.stdoutLine(/^ALPN protocol: h2$/);
    if (what === "refused") {
      await tap.stderrLine(/does not speak the protocol that we offer in ALPN$/);
      continue;
    }
    await client.write("hello\n");
    await client.stdoutLine(/^olleh$/);
  }
});
