import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ASSETS } from "../../../lib/chat/web/assets.ts";
import { Record as RoomRecord } from "../../../lib/chat/web/record.ts";
import { ChatSite } from "../../../lib/chat/web/site.ts";

const SOCKET = { upgrade: "websocket", connection: "upgrade", "sec-websocket-version": "13" };

/** What the site says to a request. */
function ask(path: string, headers: Readonly<{ [name: string]: string }>, method = "GET", hosts: string[] = []) {
  const request = new Request(`http://127.0.0.1:8888${path}`, { method, headers });
  return new ChatSite(new RoomRecord(), hosts).answer(request);
}

/** The status, or 101 for a WebSocket. */
function statusOf(...args: Parameters<typeof ask>): number {
  const answer = ask(...args);
  return answer instanceof Response ? answer.status : 101;
}

Deno.test("ChatSite answers under addresses, localhost and the names it was given", () => {
  for (
    const host of ["127.0.0.1:8888", "192.168.1.5", "[::1]:8888", "localhost", "LOCALHOST:8888", "chat.example.org:80"]
  ) {
    assertEquals(statusOf("/", { host }, "GET", ["chat.example.org"]), 200, host);
  }
  for (
    const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example:8888",
      "a@localhost",
      "x/localhost",
      "",
    ]
  ) {
    for (const path of ["/", "/ws", "/nothing"]) assertEquals(statusOf(path, { host, ...SOCKET }), 421, host + path);
  }
  assertEquals(statusOf("/", { host: "chat.example.org" }), 421);
});

Deno.test("ChatSite lets in pages of its own only, and who is no browser", () => {
  const host = "127.0.0.1:8888";
  for (const origin of ["http://127.0.0.1:8888", "https://127.0.0.1:8888"]) {
    assertEquals(statusOf("/ws", { host, origin, ...SOCKET }), 101, origin);
  }
  assertEquals(statusOf("/ws", { host: "localhost", origin: "http://localhost", ...SOCKET }), 101);
  assertEquals(statusOf("/ws", { host: "localhost", origin: "https://localhost", ...SOCKET }), 101);
  assertEquals(statusOf("/ws", { host, ...SOCKET }), 101);
  for (
    const origin of [
      "null",
      "",
      "http://127.0.0.1",
      "http://127.0.0.1:9999",
      "http://localhost:8888",
      "http://evil.example",
      "http://127.0.0.1:8888.evil.example",
      "http://evil.example/127.0.0.1:8888",
      "http://a@127.0.0.1:8888",
      "chrome-extension://abc",
      "file://",
    ]
  ) assertEquals(statusOf("/ws", { host, origin, ...SOCKET }), 403, origin);
});

Deno.test("ChatSite has the page, the room and nothing else", () => {
  const host = "localhost";
  for (const path of Object.keys(ASSETS)) assertEquals(statusOf(path, { host }), 200, path);
  assertEquals(statusOf("/", { host }, "HEAD"), 200);
  assertEquals(statusOf("/", { host }, "POST"), 405);
  assertEquals(statusOf("/ws", { host }), 426);
  for (const path of ["/index.html", "/toString", "/__proto__", "/../deno.json", "/ws/"]) {
    assertEquals(statusOf(path, { host }), 404, path);
  }
});

Deno.test("every answer forbids what the page does not need", () => {
  for (const [path, status] of [["/", 200], ["/page.js", 200], ["/nothing", 404], ["/ws", 426]] as const) {
    const answer = ask(path, { host: "localhost" });
    assert(answer instanceof Response);
    const policy = answer.headers.get("content-security-policy") ?? "";
    assertEquals(answer.status, status);
    assertMatch(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    for (const word of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) {
      assertStringIncludes(policy, word);
    }
    assert(!/unsafe|http|\*/.test(policy), policy);
    assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
    // Each connection that a browser keeps counts for --max-per-host.
    assertEquals(answer.headers.get("connection"), "close");
  }
});

Deno.test("the page asks nobody else for anything, runs nothing inline and never makes HTML of text", () => {
  for (const [path, asset] of Object.entries(ASSETS)) {
    const text = asset?.text ?? "";
    const elsewhere = text.match(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/g);
    assertEquals(elsewhere, null, path);
    assert(
      !/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\son\w+="|style="/.test(text),
      path,
    );
  }
  const html = ASSETS["/"]?.text ?? "";
  for (const [, path = ""] of html.matchAll(/(?:src|href)="(\/[^"]*)"/g)) assert(ASSETS[path], path);
  assertEquals(html.match(/<script(?! type="module" src=)/g), null);
});

Deno.test("the page has every word in both languages", () => {
  const words = ASSETS["/words.js"]?.text ?? "";
  const keys = (
    name: string,
  ) => [...(new RegExp(`const ${name} = \\{([^]*?)\\n\\};`).exec(words)?.[1] ?? "").matchAll(/^ {2}(\w+):/gm)];
  const english = keys("EN").map(([, key]) => key);
  assert(english.length > 15);
  assertEquals(keys("ZH").map(([, key]) => key), english);
  const used = [...(ASSETS["/"]?.text ?? "").matchAll(/data-(?:word|label)="(\w+)"/g)].map(([, key]) => key);
  for (const key of used) assert(english.includes(key), key);
});
