/** Where redirects lead. */

import { assertEquals, assertMatch } from "@std/assert";
import type { Field } from "../../lib/http/head.ts";
import { fails, fetchFrom, Log, test } from "./helpers.ts";
import { type Exchange, type RawServer, serveRaw } from "./server.ts";

/** Redirects `/from` and answers everything else. */
function redirecting(status: number, location: string): RawServer {
  return serveRaw((exchange) =>
    exchange.line.endsWith("/from")
      ? exchange.answer(`${status} Moved`, [`Location: ${location}`], "not this")
      : exchange.answer("200 OK", [], `this: ${exchange.line} ${exchange.body}`)
  );
}

for (const [status, next] of [[302, "GET"], [303, "GET"], [307, "POST"]] as const) {
  test(`download() after ${status} of a POST sends a ${next}`, async ({ folder, path }) => {
    await using server = redirecting(status, "/to");
    const body = new TextEncoder().encode("body");
    const watch = new Log();
    const result = await fetchFrom(server.url("/from"), { method: "POST", body, watch, path });
    const keeps = next === "POST";
    assertEquals(await folder.get("file"), `this: ${next} /to ${keeps ? "body" : ""}`);
    assertEquals(server.exchanges[1]?.field("content-length"), keeps ? "4" : undefined);
    assertEquals([result.url, result.status], [server.url("/to").href, 200]);
    assertEquals([watch.requests.length, watch.answers.length], [2, 2], "each hop is told");
    assertMatch(watch.answers[0] ?? "", new RegExp(`^HTTP/1.1 ${status} Moved\r\n`));
  });
}

test("download() takes a redirect as the answer when it may follow none", async ({ folder, path }) => {
  await using server = redirecting(302, "/to");
  const result = await fetchFrom(server.url("/from"), { path: folder.at("new"), maxRedirects: 0 });
  assertEquals([result.status, await folder.get("new"), server.heads.length], [302, "not this", 1]);
  await fails(server.url("/from"), "file", "a redirect does not replace it", { path, maxRedirects: 0 });
  assertEquals(await folder.get("file"), "old");
});

const PRIVATE: Field[] = [["Authorization", "Bearer x"], ["Cookie", "a=b"], ["X-Mine", "1"]];

/** Which fields that matter a request had. */
function fieldsOf(exchange: Exchange | undefined): (string | undefined)[] {
  return ["authorization", "cookie", "x-mine", "host"].map((name) => exchange?.field(name));
}

test("download() sends credentials to the same server again, and not to another one", async ({ path }) => {
  await using other = redirecting(302, "/");
  await using server = serveRaw((exchange) => {
    const location = exchange.line.endsWith("/from") ? "/on" : other.url("/to").href;
    return exchange.answer("302 Found", [`Location: ${location}`]);
  });
  await fetchFrom(server.url("/from"), { path, fields: PRIVATE });
  assertEquals(fieldsOf(server.exchanges[1]), ["Bearer x", "a=b", "1", server.authority]);
  assertEquals(fieldsOf(other.exchanges[0]), [undefined, undefined, "1", other.authority]);
});

test("download() asks for the path that a Location names in another charset", async ({ path }) => {
  await using server = redirecting(302, "/\xd6\xd0\xce\xc4.txt");
  await fetchFrom(server.url("/from"), { path });
  assertEquals(server.exchanges[1]?.line, "GET /%D6%D0%CE%C4.txt");
});

test("download() does not follow a redirect to port 0", async ({ path, untouched }) => {
  await using server = redirecting(302, "http://127.0.0.1:0/");
  await fails(server.url("/from"), "protocol", 'a redirect to "http://127.0.0.1:0/"', { path });
  await untouched();
});

test("download() stops in a loop", async ({ folder, path }) => {
  await using self = redirecting(302, "/from");
  await fails(self.url("/from"), "protocol", "lead back to", { path });
  assertEquals(self.heads.length, 1);
  await using two = serveRaw((exchange) =>
    exchange.answer("302 Found", [`Location: ${exchange.line.endsWith("/a") ? "/b" : "/a"}`])
  );
  await fails(two.url("/a"), "protocol", "lead back to", { path });
  assertEquals([two.heads.length, await folder.get("file")], [2, "old"]);
});

test("download() follows as many redirects as it may, and no more", async ({ folder, path }) => {
  await using server = serveRaw((exchange) => {
    const hop = Number(exchange.line.slice(exchange.line.lastIndexOf("/") + 1));
    return hop === 4 ? exchange.answer("200 OK", [], "there") : exchange.answer("302 On", [`Location: /${hop + 1}`]);
  });
  await fails(server.url("/0"), "protocol", "More than 3 redirects (--max-redirects)", { path, maxRedirects: 3 });
  assertEquals([server.heads.length, await folder.get("file")], [4, "old"]);
  await fetchFrom(server.url("/0"), { path, maxRedirects: 4 });
  assertEquals(await folder.get("file"), "there");
});

test("download() does not wait for the body of a redirect", async ({ folder, path }) => {
  await using server = serveRaw(async (exchange) => {
    if (!exchange.line.endsWith("/from")) return await exchange.answer("200 OK", [], "there");
    await exchange.send("HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 1000\r\n\r\nhalf");
    await exchange.stall();
  });
  await fetchFrom(server.url("/from"), { path });
  assertEquals(await folder.get("file"), "there");
});

test("download() of a redirect that names no address is a failure", async ({ path, untouched }) => {
  for (const status of ["300 Choices", "301 Moved", "302 Found", "303 Other", "307 Moved", "308 Moved"]) {
    await using server = serveRaw((exchange) => exchange.answer(status, [], "a page"));
    await fails(server.url(), "status", `The server says ${status}, but not where to go`, { path });
    await untouched(status);
  }
  for (const status of ["305 Use Proxy", "306 Unused", "399 Odd"]) {
    await using server = serveRaw((exchange) => exchange.answer(status, ["Location: /x"]));
    await fails(server.url(), "status", `The server says ${status}`, { path });
    await untouched(status);
  }
});

test("download() leaves the file alone that has not changed", async ({ path, untouched }) => {
  await using server = serveRaw((exchange) => exchange.answer("304 Not Modified"));
  const watch = new Log();
  await fetchFrom(server.url(), { path, watch, fields: [["If-None-Match", '"a"']] });
  assertEquals(watch.notices, ["Not modified: nothing is saved"]);
  await untouched();
});

test("download() follows a redirect whose header has no end", async ({ folder, path }) => {
  await using server = serveRaw((exchange) =>
    exchange.line.endsWith("/to")
      ? exchange.answer("200 OK", [], "there")
      : exchange.send("HTTP/1.1 302 Found\r\nLocation: /to\r\n")
  );
  await fetchFrom(server.url("/from"), { path });
  assertEquals(await folder.get("file"), "there");
});

test("download() comes back to an address with a cookie that it got on the way", async ({ folder, path }) => {
  await using server = serveRaw((exchange) =>
    exchange.field("cookie") === "own=1"
      ? exchange.answer("302 Found", ["Location: /", "Set-Cookie: id=7; Path=/"])
      : exchange.answer("200 OK", [], exchange.field("cookie"))
  );
  await fetchFrom(server.url("/"), { path, fields: [["Cookie", "own=1"]], cookies: {} });
  assertEquals(await folder.get("file"), "id=7; own=1");
});

test("download() sends a cookie neither to another host nor without TLS", async ({ path }) => {
  await using other = serveRaw((exchange) => exchange.answer("200 OK", [], "there"));
  await using server = serveRaw((exchange) =>
    exchange.answer("302 Found", [
      `Location: http://localhost:${other.port}/`,
      "Set-Cookie: id=7",
      "Set-Cookie: x=1; Domain=host",
    ])
  );
  await fetchFrom(server.url("/"), { path, cookies: {} });
  assertEquals(other.exchanges[0]?.field("cookie"), undefined);
});
