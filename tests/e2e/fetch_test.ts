/** `sockeye fetch` as people type it: what is saved under which name, and what is said. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Gate, inFolder, sha256 } from "../fetch/helpers.ts";
import { eventsOf, RENAMING, runFetch, SAVING, startFetch } from "../fetch/program.ts";
import { bytesOf, type Script, serveRaw } from "../fetch/server.ts";

const HEAD = "HTTP/1.1 200 OK\r\nX-Odd:  two  spaces \r\nX-Bytes: \xe4\xbd\xa0 \xff\r\nContent-Length: 5\r\n\r\n";
const odd: Script = (exchange) => exchange.send(HEAD, "hello");
const hello: Script = (exchange) => exchange.answer("200 OK", [], "hello");

for (const [name, permissions] of [["--allow-net --allow-write", SAVING], ["with --allow-read", RENAMING]] as const) {
  inFolder(`fetch URL, ${name}: the header as it was sent on stdout, the body in a file`, async (folder) => {
    await using server = serveRaw(odd);
    const { code, bytes, stderr } = await runFetch(folder, [server.url("/").href], { only: permissions });
    assertEquals(bytes, bytesOf(HEAD));
    assertMatch(stderr, /^Saved 127\.0\.0\.1\.html: 5 B in [^\n]+\n$/);
    assertEquals([code, await folder.names(), await folder.get("127.0.0.1.html")], [0, ["127.0.0.1.html"], "hello"]);
  });

  inFolder(`fetch URL -o page.html, ${name}: also a second time`, async (folder) => {
    await using server = serveRaw((exchange) => exchange.answer("200 OK", [], `number ${exchange.number}`));
    for (const number of [1, 2]) {
      const { code, stderr } = await runFetch(folder, [server.url("/").href, "-o", "page.html"], { only: permissions });
      assertEquals([code, await folder.names(), await folder.get("page.html")], [0, ["page.html"], `number ${number}`]);
      assertMatch(stderr, /^Saved page\.html: 8 B in /);
    }
  });
}

const NAMES: readonly (readonly [path: string, disposition: string | undefined, name: string])[] = [
  ["/%E4%BD%A0.txt", undefined, "你.txt"],
  ["/x", 'attachment; filename="../../etc/passwd"', "passwd"],
];

for (const [path, disposition, name] of NAMES) {
  inFolder(`fetch names the file ${name} after ${disposition ? JSON.stringify(disposition) : path}`, async (folder) => {
    const fields = disposition === undefined ? [] : [`Content-Disposition: ${disposition}`];
    await using server = serveRaw((exchange) => exchange.answer("200 OK", fields, "hello"));
    const { code, stderr } = await runFetch(folder, [`http://${server.authority}${path}`]);
    assertEquals([code, await folder.names()], [0, [name]], stderr);
  });
}

inFolder("fetch finds a server at an IPv6 address", async (folder) => {
  await using server = serveRaw(hello, undefined, "::1");
  const { code, stderr } = await runFetch(folder, [`http://[::1]:${server.port}/a`]);
  assertEquals([code, await folder.get("a")], [0, "hello"], stderr);
  assertEquals(server.exchanges[0]?.field("host"), `[::1]:${server.port}`);
});

inFolder("fetch -o - gives the body on stdout and the header on stderr, and needs only --allow-net", async (folder) => {
  const body = Uint8Array.from({ length: 70_000 }, (_, i) => i & 0xff);
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], body));
  const options = { only: ["--allow-net"] };
  const { code, bytes, stderr } = await runFetch(folder, [server.url().href, "-o", "-"], options);
  assertEquals([code, bytes.length, bytes.findIndex((byte, i) => byte !== body[i])], [0, body.length, -1]);
  assertMatch(stderr, /^HTTP\/1\.1 200 OK\r?\nContent-Length: 70000\r?\n\r?\nDone: /);
  const quiet = await runFetch(folder, [server.url().href, "-o", "-", "-q"], options);
  assertEquals([quiet.bytes.length, quiet.stderr, await folder.names()], [body.length, "", []]);
});

inFolder("fetch --header-output and -o replace a link that leads nowhere, and follow one to a file", async (folder) => {
  await using server = serveRaw(hello);
  const url = server.url("/b").href;
  for (const permissions of [SAVING, RENAMING]) {
    await folder.put("real", "old");
    for (const [name, to] of [["body", "gone"], ["head", "no/where"], ["link", "real"]] as const) {
      await Deno.symlink(to, folder.at(name));
    }
    await startFetch(folder, [url, "-o", "body", "--header-output", "head"], { only: permissions }).ends(0);
    await startFetch(folder, [url, "-o", "-", "--header-output", "link"], { only: permissions }).ends(0);
    assertEquals(await folder.names(), ["body", "head", "link", "real"]);
    for (const [name, isSymlink] of [["body", false], ["head", false], ["link", true]] as const) {
      assertEquals((await Deno.lstat(folder.at(name))).isSymlink, isSymlink, name);
    }
    assertMatch(await folder.get("real") ?? "", /^HTTP/);
    for (const name of await folder.names()) await Deno.remove(folder.at(name));
  }
});

inFolder("fetch --header-output puts the headers of all hops into a file", async (folder) => {
  const first = "HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n";
  await using server = serveRaw((exchange) => exchange.send(exchange.number === 1 ? first : HEAD, "hello"));
  const { code, stdout } = await runFetch(folder, [server.url("/a").href, "--header-output", "head"]);
  assertEquals([code, stdout, await folder.get("head")], [0, "", first + HEAD]);
  assertEquals(await folder.names(), ["b", "head"]);
});

inFolder("fetch -X -H -d sends what it is told", async (folder) => {
  await folder.put("more.txt", "from=file");
  await using server = serveRaw(hello);
  const url = server.url().href;
  await runFetch(folder, [url, "-d", "a=1", "-d", "@more.txt", "-H", "X-One: 1", "-H", "Accept:"]);
  await runFetch(folder, [url, "-X", "PUT", "-d", "@more.txt", "-H", "Content-Type: text/plain"]);
  await runFetch(folder, [url, "-X", "DELETE", "-H", "User-Agent: me"]);
  const [post, put, remove] = server.exchanges;
  assertEquals([post?.line, post?.body, post?.field("content-length")], ["POST /file", "a=1&from=file", "13"]);
  assertEquals([post?.field("x-one"), post?.field("accept")], ["1", undefined]);
  assertEquals(post?.field("content-type"), "application/x-www-form-urlencoded");
  assertEquals([put?.line, put?.body, put?.field("content-type")], ["PUT /file", "from=file", "text/plain"]);
  assertEquals([remove?.line, remove?.field("user-agent")], ["DELETE /file", "me"]);
});

inFolder("fetch -d @- sends standard input, and needs no permission to read", async (folder) => {
  await using server = serveRaw(hello);
  const args = [server.url().href, "-d", "a=1", "-d", "@-", "-o", "-"];
  const { code } = await runFetch(folder, args, { only: ["--allow-net"], stdin: { content: "b=你\n" } });
  const [post] = server.exchanges;
  assertEquals([code, post?.line, post?.field("content-length")], [0, "POST /file", "10"]);
  assertEquals(post && bytesOf(post.body), new TextEncoder().encode("a=1&b=你\n"));
});

inFolder("fetch --head shows the header, saves nothing and needs only --allow-net", async (folder) => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
  await using server = serveRaw((exchange) => exchange.send(head));
  const { code, stdout } = await runFetch(folder, [server.url().href, "--head"], { only: ["--allow-net"] });
  assertEquals([code, stdout, await folder.names(), server.exchanges[0]?.line], [0, head, [], "HEAD /file"]);
});

inFolder("fetch --show-request shows on stderr what was sent", async (folder) => {
  await using server = serveRaw(odd);
  const { bytes, stderr } = await runFetch(folder, [server.url().href, "--show-request"]);
  assertEquals(bytes, bytesOf(HEAD));
  const shown = stderr.split("\n").filter((line) => line.startsWith("> ")).map((line) => line.slice(2).trimEnd());
  assertEquals(shown.join("\r\n").trimEnd(), server.heads[0]?.trimEnd());
});

inFolder("fetch takes several addresses; the first failure is the exit code, the others are saved", async (folder) => {
  await using server = serveRaw((exchange) =>
    exchange.line.endsWith("/b") ? exchange.answer("404 Not Found") : exchange.answer("200 OK", [], exchange.line)
  );
  const urls = ["/a", "/b", "/c"].map((path) => server.url(path).href);
  const { code, stderr } = await runFetch(folder, urls);
  assertEquals([code, await folder.names()], [8, ["a", "c"]]);
  assertStringIncludes(stderr, `sockeye: The server says 404 Not Found (${urls[1]})\n`);
});

inFolder("fetch --json gives events: headers, progress, done with timings and the exit code", async (folder) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    await more.opened;
    await exchange.send("w");
    await new Promise((resolve) => setTimeout(resolve, 150)); // Progress is told ten times a second.
    await exchange.send("orld");
  });
  using more = new Gate();
  await using program = startFetch(folder, [server.url().href, "--json"]);
  await program.stdoutLine(/"recv"/);
  await new Promise((resolve) => setTimeout(resolve, 150));
  more.open();
  const { code, stdout, stderr } = await program.status();
  const events = eventsOf(stdout);
  for (const { t } of events) assertMatch(String(t), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const [send, recv] = ["send", "recv"].map((name) => events.find(({ event }) => event === name));
  assertEquals([send?.text, recv?.text], [server.heads[0], "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"]);
  const progress = events.filter(({ event }) => event === "progress").at(-1);
  assertEquals([progress?.total, progress?.url], [10, server.url().href]);
  const done = events.at(-1);
  assertEquals([done?.event, done?.code, done?.status, done?.bytes, done?.file], ["done", 0, 200, 10, "file"]);
  assertEquals(done?.sha256, await sha256("helloworld"));
  assertEquals(Object.keys(done?.timings ?? {}).sort(), ["connect", "dns", "firstByte", "tls", "total"]);
  assertEquals([code, stderr], [0, ""]);
});
