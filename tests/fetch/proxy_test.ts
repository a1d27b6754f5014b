import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { parseProxy, proxyFor, proxyFromEnvironment } from "../../lib/fetch/proxy.ts";

Deno.test("parseProxy() reads host and port, with or without scheme and user", () => {
  for (
    const [text, host, username] of [
      ["http://proxy:3128", "proxy:3128", ""],
      ["proxy:3128", "proxy:3128", ""],
      ["10.0.0.1", "10.0.0.1", ""],
      ["http://[::1]:8080/", "[::1]:8080", ""],
      ["http://me:secret@proxy:3128", "proxy:3128", "me"],
    ] as const
  ) {
    const url = parseProxy(text);
    assertEquals([url.protocol, url.host, url.username], ["http:", host, username], text);
  }
});

Deno.test("parseProxy() refuses what is no http proxy, and names it", () => {
  for (const text of ["", "socks5://proxy:1080", "https://proxy", "http://", "http://a b", "proxy:99999"]) {
    const error = assertThrows(() => parseProxy(text), SockeyeError, `Bad proxy "${text}": expected http://host:port`);
    assertEquals(error.kind, "usage");
  }
});

/** The proxies that variables name. */
function read(variables: Record<string, string>) {
  const { http, https, except } = proxyFromEnvironment((name) => variables[name]);
  return [http?.host, https?.host, except];
}

Deno.test("proxyFromEnvironment() reads the variables that curl reads", () => {
  for (
    const [variables, http, https, except] of [
      [{}, undefined, undefined, undefined],
      [{ http_proxy: "a:1" }, "a:1", undefined, undefined],
      [{ https_proxy: "a:1" }, undefined, "a:1", undefined],
      [{ HTTPS_PROXY: "a:1" }, undefined, "a:1", undefined],
      [{ https_proxy: "a:1", HTTPS_PROXY: "b:1" }, undefined, "a:1", undefined],
      [{ all_proxy: "a:1" }, "a:1", "a:1", undefined],
      [{ ALL_PROXY: "a:1", http_proxy: "b:1" }, "b:1", "a:1", undefined],
      [{ http_proxy: "", all_proxy: "a:1" }, "a:1", "a:1", undefined],
      [{ http_proxy: "a:1", no_proxy: "x" }, "a:1", undefined, "x"],
      [{ http_proxy: "a:1", NO_PROXY: "y" }, "a:1", undefined, "y"],
    ] as const
  ) assertEquals(read(variables), [http, https, except], JSON.stringify(variables));
});

Deno.test("proxyFromEnvironment() leaves HTTP_PROXY to web servers, which set it from a request", () => {
  assertEquals(read({ HTTP_PROXY: "evil:1" }), [undefined, undefined, undefined]);
});

Deno.test("proxyFor() takes the proxy of the scheme", () => {
  const [http, https] = [new URL("http://a:1"), new URL("http://b:1")];
  assertEquals(proxyFor({ http, https }, new URL("http://x/")), http);
  assertEquals(proxyFor({ http, https }, new URL("https://x/")), https);
  assertEquals(proxyFor({ http }, new URL("https://x/")), undefined);
});

for (
  const [except, host, direct] of [
    ["*", "example.com", true],
    ["example.com", "example.com", true],
    ["example.com", "www.example.com", true],
    ["example.com", "badexample.com", false],
    ["example.com", "example.com.evil.net", false],
    [".example.com", "www.example.com", true],
    ["*.example.com", "www.example.com", true],
    ["EXAMPLE.com", "www.Example.COM", true],
    ["a.net, example.com ,b.net", "example.com", true],
    ["example.com:80", "example.com", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["0.0.1", "127.0.0.1", false],
    ["::1", "[::1]", true],
    ["[::1]", "[::1]", true],
    ["[::1]:80", "[::1]", true],
    ["localhost", "localhost", true],
    ["", "example.com", false],
    [",", "example.com", false],
  ] as const
) {
  Deno.test(`proxyFor() with no_proxy "${except}" ${direct ? "goes direct to" : "uses the proxy for"} ${host}`, () => {
    const http = new URL("http://proxy:3128");
    assertEquals(proxyFor({ http, except }, new URL(`http://${host}/`)), direct ? undefined : http);
  });
}
