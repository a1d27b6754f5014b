/** Where redirects lead. */

import { assertEquals, assertMatch } from "@std/assert";
import type { Field } from "../../lib/http/head.ts";
import { fails, fetchFrom, Folder, Log } from "./helpers.ts";
import { type Exchange, type RawServer, serveRaw } from "./server.ts";

/** Redirects `/from` and answers everything else. */
function redirecting(status: number, location: string): RawServer {
  return serveRaw((exchange) =>
    exchange.line.endsWith("/from")
      ? exchange.answer(`${status} Moved`, [`Location: ${location}`], "not this")
      : exchange.answer("200 OK", [], `this: ${exchange.line} ${exchange.body}`)
  );
}

for (
  const [status, method, next] of [
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
    [308, "PUT", "PUT"],
  ] as const
) {
  Deno.test(`download() after ${status} of a ${method} sends a ${next}`, async () => {
    await using folder = await Folder.make();
    await using server = redirecting(status, "/to");
    const body = new TextEncoder().encode("body");
    const watch = new Log();
    const result = await fetchFrom(server.url("/from"), { method, body, watch, path: folder.at("file") });
    const keeps = next === method;
    assertEquals(await folder.get("file"), `this: ${next} /to ${keeps ? "body" : ""}`);
    assertEquals(server.exchanges[1]?.field("content-length"), keeps ? "4" : undefined);
    assertEquals([result.url, result.status], [server.url("/to").href, 200]);
    assertEquals([watch.requests.length, watch.answers.length], [2, 2], "each hop is told");
    assertMatch(watch.answers[0] ?? "", new RegExp(`^HTTP/1.1 ${status} Moved\r\n`));
  });
}

Deno.test("download() asks for the header of each hop with HEAD", async () => {
  await using server = redirecting(302, "/to");
  await fetchFrom(server.url("/from"), { method: "HEAD" });
  assertEquals(server.exchanges.map(({ line }) => line), ["HEAD /from", "HEAD /to"]);
});

Deno.test("download() resolves relative Locations", async () => {
  await using folder = await Folder.make();
  await using server = redirecting(302, "../x/./to?q=1#part");
  const path = folder.at("file");
  const result = await fetchFrom(server.url("/a/b/from"), { path });
  assertEquals([server.exchanges[1]?.line, result.url], ["GET /a/x/to?q=1", server.url("/a/x/to?q=1#part").href]);
});

Deno.test("download() takes a redirect as the answer when it may follow none", async () => {
  await using folder = await Folder.make();
  await using server = redirecting(302, "/to");
  const result = await fetchFrom(server.url("/from"), { path: folder.at("file"), maxRedirects: 0 });
  assertEquals([result.status, await folder.get("file"), server.heads.length], [302, "not this", 1]);
});

Deno.test("download() takes a redirect without Location as the answer", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw((exchange) => exchange.answer("302 Found", [], "look there"));
  assertEquals((await fetchFrom(server.url(), { path: folder.at("file") })).status, 302);
  assertEquals(await folder.get("file"), "look there");
});

const PRIVATE: Field[] = [["Authorization", "Bearer x"], ["Cookie", "a=b"], ["X-Mine", "1"]];

/** Which fields that matter a request had. */
function fieldsOf(exchange: Exchange | undefined): (string | undefined)[] {
  return ["authorization", "cookie", "x-mine", "host"].map((name) => exchange?.field(name));
}

Deno.test("download() sends credentials to the same server again, and not to another one", async () => {
  await using folder = await Folder.make();
  await using other = redirecting(302, "/");
  await using server = serveRaw((exchange) => {
    const location = exchange.line.endsWith("/from") ? "/on" : other.url("/to").href;
    return exchange.answer("302 Found", [`Location: ${location}`]);
  });
  await fetchFrom(server.url("/from"), { path: folder.at("file"), fields: PRIVATE });
  assertEquals(fieldsOf(server.exchanges[1]), ["Bearer x", "a=b", "1", server.authority]);
  assertEquals(fieldsOf(other.exchanges[0]), [undefined, undefined, "1", other.authority]);
});

Deno.test("download() does not send the user of the address to another server", async () => {
  await using folder = await Folder.make();
  await using other = redirecting(302, "/");
  await using server = redirecting(302, other.url("/to").href);
  const url = server.url("/from");
  url.username = "me";
  await fetchFrom(url, { path: folder.at("file") });
  assertEquals(server.exchanges[0]?.field("authorization"), `Basic ${btoa("me:")}`);
  assertEquals(other.exchanges[0]?.field("authorization"), undefined);
});

Deno.test("download() stops in a loop", async () => {
  await using folder = await Folder.make();
  const path = await folder.put("file", "old");
  await using self = redirecting(302, "/from");
  await fails(self.url("/from"), "protocol", "lead back to", { path });
  assertEquals(self.heads.length, 1);
  await using two = serveRaw((exchange) =>
    exchange.answer("302 Found", [`Location: ${exchange.line.endsWith("/a") ? "/b" : "/a"}`])
  );
  await fails(two.url("/a"), "protocol", "lead back to", { path });
  assertEquals([two.heads.length, await folder.get("file")], [2, "old"]);
});

Deno.test("download() follows as many redirects as it may, and no more", async () => {
  await using folder = await Folder.make();
  const path = await folder.put("file", "old");
  await using server = serveRaw((exchange) => {
    const hop = Number(exchange.line.slice(exchange.line.lastIndexOf("/") + 1));
    return hop === 4 ? exchange.answer("200 OK", [], "there") : exchange.answer("302 On", [`Location: /${hop + 1}`]);
  });
  await fails(server.url("/0"), "protocol", "More than 3 redirects (--max-redirects)", { path, maxRedirects: 3 });
  assertEquals([server.heads.length, await folder.get("file")], [4, "old"]);
  await fetchFrom(server.url("/0"), { path, maxRedirects: 4 });
  assertEquals(await folder.get("file"), "there");
});

Deno.test("download() does not follow a redirect out of the web", async () => {
  for (const location of ["ftp://127.0.0.1/", "file:///etc/passwd", "javascript:alert(1)", "http://"]) {
    await using server = redirecting(302, location);
    await fails(server.url("/from"), "protocol", "Bad answer: a redirect to");
  }
});

Deno.test("download() reads the bytes of a Location as UTF-8, as browsers and curl do", async () => {
  await using folder = await Folder.make();
  await using server = redirecting(302, "/\xe4\xb8\xad");
  await fetchFrom(server.url("/from"), { path: folder.at("file") });
  assertEquals(server.exchanges[1]?.line, "GET /%E4%B8%AD");
});

Deno.test("download() does not wait for the body of a redirect", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(async (exchange) => {
    if (!exchange.line.endsWith("/from")) return await exchange.answer("200 OK", [], "there");
    await exchange.send("HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 1000\r\n\r\nhalf");
    await exchange.stall();
  });
  await fetchFrom(server.url("/from"), { path: folder.at("file") });
  assertEquals(await folder.get("file"), "there");
});
