/** The options of fetch that say who asks, where to, and what is taken; and those of curl and wget. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventsOf, runFetch } from "../fetch/program.ts";
import { Folder, inFolder, sha256 } from "../fetch/helpers.ts";
import { type Exchange, type RawServer, serveRaw } from "../fetch/server.ts";

/** Answers with the named fields of the request. */
function mirror(...names: string[]): RawServer {
  return serveRaw((exchange) => exchange.answer("200 OK", [], names.map((name) => exchange.field(name)).join("|")));
}

inFolder("-u and -b send a login and cookies", async (folder) => {
  await using server = mirror("authorization", "cookie");
  const url = server.url("/page").href;
  const { code, stderr } = await runFetch(folder, [url, "-u", "me:p:w", "-b", "a=1; b=2", "-b", "c=3"]);
  assertEquals([code, await folder.get("page")], [0, `Basic ${btoa("me:p:w")}|a=1; b=2; c=3`], stderr);
  for (
    const [args, words] of [
      [["-u", "a", "-H", "authorization: x"], 'Options -u and -H "Authorization: …" contradict each other'],
      [["-b", "a=1", "-H", "Cookie: x=1"], 'Options -b and -H "Cookie: …" contradict each other'],
      [["-b", "cookies.txt"], 'Bad -b "cookies.txt": expected cookies such as'],
      [["-b", "a=1\nb"], "Bad -b "],
    ] as const
  ) {
    const { code, stderr } = await runFetch(folder, [url, ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, words);
  }
});

inFolder("--cookie-jar keeps cookies from one call to the next, for its owner alone", async (folder) => {
  await using server = serveRaw((exchange) =>
    exchange.answer(
      "200 OK",
      ["Set-Cookie: id=7; Max-Age=60", "Set-Cookie: s=中"].map(utf8),
      exchange.field("cookie") ?? "none",
    )
  );
  const args = [server.url("/page").href, "--cookie-jar", "jar", "-q"];
  assertEquals((await runFetch(folder, args)).code, 0);
  assertEquals(await folder.get("page"), "none");
  assertMatch(
    await folder.get("jar") ?? "",
    /^# Netscape HTTP Cookie File\n[^]*\n127\.0\.0\.1\tFALSE\t\/\tFALSE\t\d+\tid\t7\n/,
  );
  assertEquals((await Deno.stat(folder.at("jar"))).mode! & 0o777, 0o600);
  assertEquals((await runFetch(folder, args)).code, 0);
  assertEquals(await folder.get("page"), utf8("id=7; s=中"));
  await folder.put("jar", "<html>\n");
  const { code, stderr } = await runFetch(folder, args);
  assertEquals([code, await folder.get("jar")], [9, "<html>\n"]);
  assertStringIncludes(stderr, 'Cannot read "jar": it is no cookie file');
  const nowhere = await runFetch(folder, [server.url().href, "--cookie-jar", "none/jar"]);
  assertEquals([nowhere.code, server.exchanges.length], [9, 2], nowhere.stderr);
  const both = await runFetch(folder, [...args, "-o", "./jar"]);
  assertStringIncludes(both.stderr, 'Options -o and --cookie-jar both name "jar"');
});

/** A character for each byte of UTF-8. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

inFolder("--sha256 gives the name to nothing else", async (folder) => {
  await using server = serveRaw((exchange) => exchange.answer("200 OK", ['ETag: "1"'], "hello"));
  await folder.put("page", "old");
  const url = server.url("/page").href;
  const wrong = await runFetch(folder, [url, "--sha256", "0".repeat(64), "--json"]);
  assertEquals([wrong.code, await folder.get("page"), await folder.get("page.part")], [10, "old", "hello"]);
  assertEquals((await folder.names()).includes("page.part.json"), false, "no later run goes on with it");
  const messages = eventsOf(wrong.stdout).map(({ message }) => String(message)).join("\n");
  assertStringIncludes(
    messages,
    "5 bytes are kept in page.part, but --resume has to begin again: their SHA-256 is another",
  );
  const right = (await sha256("hello")).toUpperCase();
  assertEquals((await runFetch(folder, [url, "--sha256", right])).code, 0);
  assertEquals(await folder.get("page"), "hello");
  assertEquals((await runFetch(folder, [url, "--sha256", right, "--head"])).code, 10);
  const bad = await runFetch(folder, [url, "--sha256", "abc"]);
  assertStringIncludes(bad.stderr, 'Bad --sha256 "abc": expected the 64 hex digits of a SHA-256');
});

inFolder("--output-dir and -R say where and of when a file is", async (folder) => {
  await Deno.mkdir(folder.at("sub"));
  const modified = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT";
  await using server = serveRaw((exchange) =>
    exchange.answer("200 OK", exchange.number > 2 ? [] : [modified], "hello")
  );
  const url = server.url("/page").href;
  assertEquals((await runFetch(folder, [url, "--output-dir", "sub/", "-R"])).code, 0);
  assertEquals(
    (await runFetch(folder, [url, "--output-dir", "sub", "-o", "b", "-R"], {
      only: ["--allow-net", "--allow-write"],
    })).code,
    0,
  );
  for (const name of ["sub/page", "sub/b"]) {
    assertEquals((await Deno.stat(folder.at(name))).mtime?.toUTCString(), "Sun, 06 Nov 1994 08:49:37 GMT", name);
  }
  const dateless = await runFetch(folder, [url, "-R"]);
  assertStringIncludes(dateless.stderr, "The server sent no Last-Modified");
  const missing = await runFetch(folder, [url, "--output-dir", "none"]);
  assertEquals([missing.code, await folder.names()], [9, ["page", "sub"]]);
  const absolute = await runFetch(folder, [url, "--output-dir", "sub", "-o", folder.at("x")]);
  assertStringIncludes(absolute.stderr, "and --output-dir contradict each other");
});

inFolder("--max-time ends a download that goes on and on", async (folder) => {
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\n\r\nhello");
    await exchange.stall();
  });
  const { code, stderr } = await runFetch(folder, [server.url("/page").href, "-m", "0.3", "--retry", "5"]);
  assertEquals([code, await folder.get("page")], [5, undefined]);
  assertStringIncludes(stderr, "/page was not done in 0.3 s (--max-time)");
});

inFolder("--resolve connects to an address in place of the name", async (folder) => {
  await using server = mirror("host");
  const place = `shop.example:${server.port}`;
  const { code } = await runFetch(folder, [
    `http://${place}/page`,
    "--resolve",
    `Shop.example:${server.port}:127.0.0.1`,
  ]);
  assertEquals([code, await folder.get("page")], [0, place]);
  const bad = await runFetch(folder, [server.url().href, "--resolve", "a:b"]);
  assertStringIncludes(bad.stderr, 'Bad --resolve "a:b": expected HOST:PORT:ADDR');
});

/** Their letters and names, each with what it does or says. */
const CURL: readonly (readonly [args: readonly string[], code: number, words: RegExp])[] = [
  [["-fsSLOJ"], 0, /^$/],
  [["-L", "-i", "--compressed", "-v"], 0, /Option -L changes nothing: redirects are followed already/],
  [["-A", "me/1"], 0, /me\/1/],
  [["-C", "-"], 0, /./],
  [["-C", "10"], 2, /Option -C: --resume finds out by itself where to go on/],
  [["-c", "x"], 2, /Option -c: --cookie-jar FILE keeps cookies, --resume goes on/],
  [["-T", "x"], 2, /Option -T: -X PUT -d @FILE sends a file/],
  [["-F", "a=b"], 2, /Option -F: forms of several parts are not sent/],
  [["-K", "x"], 2, /Option -K: options are read from the command line alone/],
  [["-O", "out.html"], 2, /Option -O: .*-o FILE gives another one/],
  [["-e", "http://a/"], 2, /Option -e is not curl's here: .*-H 'Referer: URL'/],
  [["--digest"], 2, /Option --digest: only Basic is spoken/],
  [["--netrc"], 2, /a login is not read from a file/],
  [["--no-such"], 2, /Unknown option "--no-such"/],
];

inFolder("what users of curl and wget type works, or one line says how", async (folder) => {
  await using server = serveRaw((exchange: Exchange) =>
    exchange.answer("200 OK", ['ETag: "1"'], exchange.field("user-agent"))
  );
  const url = server.url("/page").href;
  await Promise.all(CURL.map(async ([args, code, words]) => {
    await using own = await Folder.make();
    const ending = await runFetch(own, [...args, url]);
    assertEquals(ending.code, code, `${args} ${ending.stderr}`);
    assertMatch(
      code === 2 || args.includes("-v")
        ? ending.stderr
        : args.includes("-A")
        ? await own.get("page") ?? ""
        : ending.stderr,
      words,
    );
    if (code === 2) assertEquals(ending.stderr.trimEnd().split("\n").length, 1, ending.stderr);
  }));
  const proxy = await runFetch(folder, ["-x", server.authority, url]);
  assertStringIncludes(proxy.stderr, "Option -x is not curl's here");
  assertEquals(server.exchanges.every(({ line }) => line === "GET /page"), true);
});

inFolder("a SOCKS5 proxy carries http, with and without a login", async (folder) => {
  await using server = mirror("host");
  for (const [scheme, user] of [["socks5", ""], ["socks5h", "me:secret@"]] as const) {
    using proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const asked = playSocks(proxy, user !== "", server.port);
    const url = `http://localhost:${server.port}/page`;
    const { code, stderr } = await runFetch(folder, [
      url,
      "--proxy",
      `${scheme}://${user}127.0.0.1:${proxy.addr.port}`,
    ]);
    assertEquals([code, await folder.get("page")], [0, `localhost:${server.port}`], stderr);
    assertEquals((await asked)[0], scheme === "socks5h" ? 3 : 1, "who looks the name up");
  }
  using proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const refused = playSocks(proxy, false, undefined);
  const { code, stderr } = await runFetch(folder, [
    "http://127.0.0.1:9/",
    "--proxy",
    `socks5://127.0.0.1:${proxy.addr.port}`,
  ]);
  await refused;
  assertEquals(code, 4);
  assertStringIncludes(stderr, "Cannot connect to 127.0.0.1:9 through the proxy");
  assertStringIncludes(stderr, "the connection was refused");
});

/** Serves one client as a SOCKS5 proxy; returns the kind of the address that it asked for, and the address. */
async function playSocks(
  listener: Deno.TcpListener,
  wantsUser: boolean,
  port: number | undefined,
): Promise<Uint8Array> {
  using conn = await listener.accept();
  const read = async (length: number) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) at += await conn.read(bytes.subarray(at)) ?? NaN;
    return bytes;
  };
  const [, count = 0] = await read(2);
  await read(count);
  await conn.write(Uint8Array.of(5, wantsUser ? 2 : 0));
  if (wantsUser) {
    for (let field = 0; field < 2; field++) await read((await read(field === 0 ? 2 : 1)).at(-1)!);
    await conn.write(Uint8Array.of(1, 0));
  }
  const kind = (await read(4))[3]!;
  const address = await read(kind === 1 ? 4 : kind === 4 ? 16 : (await read(1))[0]!);
  await read(2);
  await conn.write(Uint8Array.of(5, port === undefined ? 5 : 0, 0, 1, 0, 0, 0, 0, 0, 0));
  if (port === undefined) return address;
  using target = await Deno.connect({ port, hostname: "127.0.0.1" });
  await Promise.all([
    conn.readable.pipeTo(target.writable).catch(() => {}),
    target.readable.pipeTo(conn.writable).catch(() => {}),
  ]);
  return Uint8Array.of(kind, ...address);
}

inFolder("a link-local address has its zone in the address", async (folder) => {
  for (const address of ["http://[fe80::1%25nosuch0]:8000/", "[fe80::1%nosuch0]:8000/"]) {
    const { code, stderr } = await runFetch(folder, [address]);
    assertEquals(code, 4);
    assertStringIncludes(stderr, 'this machine has no interface "nosuch0"');
  }
  const { code, stderr } = await runFetch(folder, ["http://[fe80::1]/"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "a link-local address needs its interface, as in fe80::1%eth0");
});
