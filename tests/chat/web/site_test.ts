import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ASSETS } from "../../../lib/chat/web/assets.ts";
import { PAGE_PROTOCOL } from "../../../lib/chat/web/protocol.ts";
import { siteOf } from "../../../lib/chat/web/site.ts";
import { RequestParser } from "../../../lib/http/request_parser.ts";
import type { Answer } from "../../../lib/transport/websocket/server.ts";
import { bytesOf, textOf } from "../../support/net.ts";

const SOCKET = {
  "upgrade": "websocket",
  "connection": "upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": btoa("sixteen bytes ok"),
};

function ask(path: string, headers: { [name: string]: string }, method = "GET", names: string[] = []): Answer {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = new RequestParser().push(bytesOf(`${method} ${path} HTTP/1.1\r\n${fields}\r\n`));
  assert(head);
  const answer = siteOf({ names, room: () => ({ name: "lobby", password: false, count: 1, here: ["Ann"] }) })(head);
  assert(!(answer instanceof Promise));
  return answer;
}

function responseOf(...args: Parameters<typeof ask>): string {
  const answer = ask(...args);
  assert("response" in answer);
  return textOf(answer.response);
}

/** The status, or 101 for a WebSocket. */
function statusOf(...args: Parameters<typeof ask>): number {
  const answer = ask(...args);
  return "response" in answer ? Number(textOf(answer.response).slice(9, 12)) : 101;
}

Deno.test("siteOf() answers under addresses, localhost and the names it was given", () => {
  const ours = "127.0.0.1:8888 192.168.1.5 [::1]:8888 localhost LOCALHOST:8888 chat.example.org:80";
  for (const host of ours.split(" ")) {
    assertEquals(statusOf("/", { host }, "GET", ["chat.example.org"]), 200, host);
  }
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8888", ""]) {
    for (const path of ["/", "/ws", "/nothing"]) assertEquals(statusOf(path, { host, ...SOCKET }), 421, host + path);
  }
  assertEquals(statusOf("/", { host: "chat.example.org" }), 421);
});

Deno.test("siteOf() tells of the room, and of the addresses that the server has", async () => {
  const head = (target: string) => {
    const request = new RequestParser().push(bytesOf(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
    assert(request);
    return request;
  };
  const bodyOf = async (answer: Answer | Promise<Answer>) => {
    const settled = await answer;
    assert("response" in settled);
    const [fields = "", body = ""] = textOf(settled.response).split("\r\n\r\n");
    return { status: Number(fields.slice(9, 12)), body };
  };
  const room = () => ({ name: "lobby", password: true });
  const site = siteOf({ room, addresses: ["http://192.168.1.5:8888/"] });
  const { status, body } = await bodyOf(site(head("/room")));
  assertEquals([status, JSON.parse(body)], [200, { ...room(), addresses: ["http://192.168.1.5:8888/"] }]);
  for (const url of ["http://evil.example/", "javascript:1", "", "ftp://127.0.0.1/"]) {
    const path = `/qr.svg?url=${encodeURIComponent(url)}`;
    assertEquals((await bodyOf(site(head(path)))).status, 400, url);
  }
  const code = await bodyOf(site(head(`/qr.svg?url=${encodeURIComponent("http://192.168.1.5:8888/path")}`)));
  assertEquals(code.status, 200, code.body);
  assertMatch(code.body, /^<svg /);
});

Deno.test("siteOf() opens the room to its own pages, and to programs that are no browser", () => {
  const host = "127.0.0.1:8888";
  for (const host of ["127.0.0.1:8888", "localhost"]) {
    for (const scheme of ["http", "https"]) {
      assertEquals(statusOf("/ws", { host, origin: `${scheme}://${host}`, ...SOCKET }), 101, scheme + host);
    }
  }
  assertEquals(statusOf("/ws", { host, ...SOCKET }), 101);
  const others = "null http://127.0.0.1 http://127.0.0.1:9999 http://localhost:8888 http://evil.example " +
    "http://127.0.0.1:8888.evil.example http://evil.example/127.0.0.1:8888 http://a@127.0.0.1:8888 " +
    "chrome-extension://abc file://";
  for (const origin of ["", ...others.split(" ")]) {
    assertEquals(statusOf("/ws", { host, origin, ...SOCKET }), 403, origin);
  }
});

Deno.test("siteOf() judges an absolute target by its own host, not by Host", () => {
  assertEquals(statusOf("http://evil.example/", { host: "localhost" }), 421);
  assertEquals(statusOf("http://a@localhost/", { host: "localhost" }), 421);
  assertEquals(statusOf("http://localhost:8888/", { host: "evil.example" }), 200);
  const origin = "http://localhost";
  assertEquals(statusOf("http://127.0.0.1/ws", { host: "localhost", origin, ...SOCKET }), 403);
  assertEquals(statusOf("http://localhost/ws", { host: "127.0.0.1", origin, ...SOCKET }), 101);
});

Deno.test("siteOf() has the page, the room and nothing else", () => {
  const host = "localhost";
  for (const path of Object.keys(ASSETS)) assertEquals(statusOf(path, { host }), 200, path);
  assertEquals(statusOf("/", { host }, "HEAD"), 200);
  assertEquals(statusOf("/", { host }, "POST"), 405);
  assertEquals([statusOf("/ws", { host }), statusOf("/%77s", { host })], [426, 426]);
  assertEquals(statusOf("/ws", { host, ...SOCKET }, "POST"), 405);
  assertEquals(statusOf("/ws", { host, ...SOCKET, "sec-websocket-key": "short" }), 400);
  assertEquals(statusOf("/?a=b", { host }), 200);
  assertEquals(statusOf("http://localhost/page.js", { host }), 200);
  for (const path of ["/index.html", "/toString", "/__proto__", "/../deno.json", "/ws/"]) {
    assertEquals(statusOf(path, { host }), 404, path);
  }
});

Deno.test("every answer forbids what the page does not need", () => {
  for (const [path, status] of [["/", 200], ["/page.js", 200], ["/nothing", 404], ["/ws", 426]] as const) {
    const head = responseOf(path, { host: "localhost" }).split("\r\n\r\n")[0] ?? "";
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
    const connection = Array.from(head.matchAll(/^connection: (.*)$/gim), ([, value]) => value);
    const policy = field("content-security-policy") ?? "";
    assertEquals(Number(head.slice(9, 12)), status);
    assertMatch(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    for (const word of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) {
      assertStringIncludes(policy, word);
    }
    assert(!/unsafe|http|\*/.test(policy), policy);
    assertEquals(field("x-content-type-options"), "nosniff");
    assertEquals(field("cache-control"), "no-store");
    // Each connection that a browser keeps counts for --max-per-host.
    assertEquals(connection.at(-1), "close");
  }
});

Deno.test("siteOf() answers HEAD with the head of GET alone", () => {
  const [get = "", body] = responseOf("/", { host: "localhost" }).split("\r\n\r\n");
  const undated = (head: string) => head.replace(/^date: .*$/im, "");
  const [head = "", nothing] = responseOf("/", { host: "localhost" }, "HEAD").split("\r\n\r\n");
  assertEquals([undated(head), nothing], [undated(get), ""]);
  assertMatch(head, new RegExp(`^content-length: ${bytesOf(body ?? "").length}$`, "im"));
});

Deno.test("siteOf() refuses HEAD without a body, and says how long it would be", () => {
  const cases = [["/", "evil.example", 421], ["/nothing", "localhost", 404], ["/ws", "localhost", 405]] as const;
  for (const [path, host, status] of cases) {
    const [head = "", body] = responseOf(path, { host }, "HEAD").split("\r\n\r\n");
    assertEquals([Number(head.slice(9, 12)), body], [status, ""]);
    assertMatch(head, /^content-length: [1-9]/im);
  }
});

Deno.test("siteOf() chooses the subprotocol of pages where it is offered, else none", () => {
  const host = "localhost";
  for (const offered of [PAGE_PROTOCOL, `x, ${PAGE_PROTOCOL}`, "binary", "SOCKEYE-CHAT"]) {
    const chosen = offered.includes(PAGE_PROTOCOL) ? PAGE_PROTOCOL : undefined;
    const answer = ask("/ws", { host, ...SOCKET, "sec-websocket-protocol": offered });
    assertEquals(answer, { key: SOCKET["sec-websocket-key"], protocol: chosen }, offered);
  }
});

Deno.test("the page asks no other site for anything, runs nothing inline and never makes HTML of text", () => {
  const unsafe = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\son\w+="|style="/;
  for (const [path, asset] of Object.entries(ASSETS)) {
    const text = asset?.text ?? "";
    const elsewhere = text.match(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/g);
    assertEquals(elsewhere, null, path);
    assert(!unsafe.test(text), path);
  }
  const html = ASSETS["/"]?.text ?? "";
  for (const [, path = ""] of html.matchAll(/(?:src|href)="(\/[^"]*)"/g)) assert(ASSETS[path], path);
  assertEquals(html.match(/<script(?! type="module" src=)/g), null);
});

Deno.test("the page has every word in both languages", () => {
  const words = ASSETS["/words.js"]?.text ?? "";
  const tableOf = (name: string) => new RegExp(`const ${name} = \\{([^]*?)\\n\\};`).exec(words)?.[1] ?? "";
  const keys = (name: string) => [...tableOf(name).matchAll(/^ {2}(\w+):/gm)];
  const english = keys("EN").map(([, key]) => key);
  assert(english.length > 15);
  assertEquals(keys("ZH").map(([, key]) => key), english);
  const used = [...(ASSETS["/"]?.text ?? "").matchAll(/data-(?:word|label)="(\w+)"/g)].map(([, key]) => key);
  for (const key of used) assert(english.includes(key), key);
});
