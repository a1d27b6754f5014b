import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { isExcepted } from "../../lib/fetch/no_proxy.ts";
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

Deno.test("parseProxy() refuses what is no http proxy, and shows no password", () => {
  const [noPort, noHost] = ["the port is not a number from 1 to 65535", "the host is missing"];
  for (
    const [text, words] of [
      ["", `"": ${noHost}`],
      ["socks4://proxy:1080", '"socks4://proxy:1080": the scheme "socks4" is not http, socks5 or socks5h'],
      ["https://proxy", '"https://proxy": the scheme "https" is not http, socks5 or socks5h'],
      ["http://a b", '"http://a b": "a b" is not a host name'],
      ["proxy:99999", '"proxy:99999": the port 99999 is not from 1 to 65535'],
      ["http://me:s3cret@proxy:0", '"http://me:***@proxy:0": the port 0 is not from 1 to 65535'],
      ["me:s3cret", `"me:***": ${noPort}`],
      ["me:s3 cret", `"me:***": ${noPort}`],
      ["me:s3cret:x", '"me:***": write an IPv6 address in brackets, as [::1]:8000'],
      ["http://me:s3cret", `"http://me:***": ${noPort}`],
      ["http://me:s3/cret@x", `"http://me:***@x": ${noPort}`],
      ["me:s3cret@", `"***@": ${noHost}`],
      ["s3cret@", `"***@": ${noHost}`],
      ["http://s3cret@x:0", '"http://***@x:0": the port 0 is not from 1 to 65535'],
      ["http:/me:s3cret@x", '"***@x": write http:// with a colon and two slashes'],
      ["http:me:s3cret", '"http:me:***": write http:// with a colon and two slashes'],
    ] as const
  ) {
    const error = assertThrows(() => parseProxy(text), SockeyeError);
    assertEquals([error.kind, error.message], ["usage", `Bad proxy ${words}`]);
    const named = assertThrows(() => parseProxy(text, "all_proxy"), SockeyeError);
    assertEquals(named.message, `Bad proxy in all_proxy ${words}`);
  }
});

/** The proxies that variables name. */
async function read(variables: Record<string, string>) {
  const settings = proxyFromEnvironment((name) => variables[name]);
  const choose = (url: string) => proxyFor({ ...settings, except: "" }, new URL(url));
  const [http, https] = await Promise.all(["http://x/", "https://x/"].map(choose));
  return [http?.host, https?.host, settings.except];
}

Deno.test("proxyFor() looks only at the variable that decides, and names it", async () => {
  const socks = "socks4://proxy:1080";
  const choose = (variables: Record<string, string>, url: string) =>
    proxyFor(proxyFromEnvironment((name) => variables[name]), new URL(url));
  for (
    const [variables, url, host] of [
      [{ all_proxy: socks, http_proxy: "a:1" }, "http://x/", "a:1"],
      [{ all_proxy: socks, HTTPS_PROXY: "a:1" }, "https://x/", "a:1"],
      [{ https_proxy: socks }, "http://x/", undefined],
      [{ all_proxy: socks, no_proxy: "x" }, "http://x/", undefined],
    ] as const
  ) assertEquals((await choose(variables, url))?.host, host, JSON.stringify(variables));
  for (
    const [variables, url, name] of [
      [{ all_proxy: socks, http_proxy: "a:1" }, "https://x/", "all_proxy"],
      [{ ALL_PROXY: socks }, "http://x/", "ALL_PROXY"],
      [{ all_proxy: "a:1", http_proxy: socks }, "http://x/", "http_proxy"],
    ] as const
  ) {
    const error = await assertRejects(() => choose(variables, url), SockeyeError);
    const message = `Bad proxy in ${name} "${socks}": the scheme "socks4" is not http, socks5 or socks5h`;
    assertEquals([error.kind, error.message], ["usage", message]);
  }
});

Deno.test("proxyFromEnvironment() reads the variables that curl reads", async () => {
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
  ) assertEquals(await read(variables), [http, https, except], JSON.stringify(variables));
});

Deno.test("proxyFromEnvironment() reads the variables once, while it may", () => {
  let may = true;
  const { http } = proxyFromEnvironment((name) => may && name === "http_proxy" ? "a:1" : undefined);
  may = false;
  assertEquals(http?.().host, "a:1");
});

Deno.test("proxyFromEnvironment() leaves HTTP_PROXY to web servers, which set it from a request", async () => {
  assertEquals(await read({ HTTP_PROXY: "evil:1" }), [undefined, undefined, undefined]);
});

Deno.test("proxyFor() takes the proxy of the scheme", async () => {
  const [http, https] = [() => new URL("http://a:1"), () => new URL("http://b:1")];
  assertEquals(await proxyFor({ http, https }, new URL("http://x/")), http());
  assertEquals(await proxyFor({ http, https }, new URL("https://x/")), https());
  assertEquals(await proxyFor({ http }, new URL("https://x/")), undefined);
});

/** Checks pairs of `no_proxy` and an address, with a bar between them. */
function checkDirect(direct: boolean, ...pairs: string[]): void {
  for (const pair of pairs) {
    const [list = "", host = ""] = pair.split("|");
    assertEquals(isExcepted(list, new URL(host.includes("://") ? host : `http://${host}/`)), direct, pair);
  }
}

Deno.test("isExcepted() takes out the hosts in no_proxy and their subdomains", () => {
  checkDirect(true, "*|example.com", "example.com|example.com", "example.com|www.example.com", "localhost|localhost");
  checkDirect(true, ".example.com|www.example.com", "*.example.com|w.example.com", "EXAMPLE.com|www.Example.COM");
  checkDirect(true, "a.net, example.com ,b.net|example.com", "127.0.0.1|127.0.0.1", "::1|[::1]", "[::1]|[::1]");
  checkDirect(true, "a.net example.com|example.com", "a.net\texample.com  b|example.com");
  checkDirect(true, "example.com.|example.com", "example.com|example.com.", ".example.com.|w.example.com");
  checkDirect(true, "0:0:0:0:0:0:0:1|[::1]", "2001:DB8::1|[2001:db8:0::1]");
  checkDirect(false, "example.com|badexample.com", "example.com|example.com.evil.net", "0.0.1|127.0.0.1");
  checkDirect(false, "|example.com", ", |example.com", ".|example.com", "::1|127.0.0.1");
});

Deno.test("isExcepted() counts ports", () => {
  checkDirect(true, "example.com:80|example.com", "example.com:8080|w.example.com:8080", "[::1]:80|[::1]");
  checkDirect(true, "example.com:443|https://example.com/");
  checkDirect(false, "example.com:8080|example.com", "example.com:80|https://example.com/", "[::1]:81|[::1]");
});

Deno.test("isExcepted() knows networks of both versions of IP", () => {
  checkDirect(true, "10.0.0.0/8|10.1.2.3", "192.168.1.0/25|192.168.1.127", "0.0.0.0/0|8.8.8.8", "10.1.2.3/32|10.1.2.3");
  checkDirect(true, "fd00::/8|[fdff::1]", "2001:db8::/33|[2001:db8:7fff::1]", "[fd00::]/8|[fd00::1]", "::/0|[::1]");
  checkDirect(false, "10.0.0.0/8|11.0.0.1", "192.168.1.0/25|192.168.1.128", "10.0.0.0/8|ten.example", "::/0|10.0.0.1");
  checkDirect(false, "fd00::/8|[fe00::1]", "2001:db8::/33|[2001:db8:8000::1]", "10.0.0/8|10.0.0.1", "0.0.0.0/0|[::1]");
});

Deno.test("proxyFor() leaves the proxy out for what no_proxy names", async () => {
  const http = () => new URL("http://proxy:3128");
  assertEquals(await proxyFor({ http, except: "10.0.0.0/8" }, new URL("http://10.0.0.1/")), undefined);
  assertEquals((await proxyFor({ http, except: "10.0.0.0/8" }, new URL("http://11.0.0.1/")))?.host, "proxy:3128");
});
