import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { parseUrl, resolveLocation } from "../../lib/http/web_address.ts";
import { toText } from "./helpers.ts";

Deno.test("parseUrl() adds a missing scheme, and this machine to a port alone", () => {
  const cases: [text: string, href: string][] = [
    ["www.baidu.com", "http://www.baidu.com/"],
    ["localhost:8000/a", "http://localhost:8000/a"],
    ["8000", "http://localhost:8000/"],
    [":8000/a", "http://localhost:8000/a"],
    ["127.0.0.1:80", "http://127.0.0.1/"],
    ["[::1]:8000", "http://[::1]:8000/"],
    ["HTTP://Example.COM/A b", "http://example.com/A%20b"],
    ["https://example.com:443/?q=中", "https://example.com/?q=%E4%B8%AD"],
  ];
  for (const [text, href] of cases) assertEquals(parseUrl(text).href, href);
});

const TWO_SLASHES = "write http:// with a colon and two slashes";
const NO_HOST = "the host is missing";
const NO_PORT = "the port is not a number from 1 to 65535";
const A_PATH = "it is a path, without a host";
const notWeb = (scheme: string) => `the scheme "${scheme}" is not http or https`;

/** What is no address of the web, neither typed nor in a Location, and why. */
const NO_ADDRESSES = [
  ["ftp://x/", notWeb("ftp")],
  ["htp://x/", notWeb("htp")],
  ["file:///etc/passwd", notWeb("file")],
  ["javascript:alert(1)", notWeb("javascript")],
  ["data:text/html,x", notWeb("data")],
  ["http://", NO_HOST],
  ["http:///x", NO_HOST],
  ["http://:80/", NO_HOST],
  ["https://?q", NO_HOST],
  ["//", NO_HOST],
  ["http://h:0/", "the port 0 is not from 1 to 65535"],
  ["//h:0/", "the port 0 is not from 1 to 65535"],
  ["http://h:99999/", "the port 99999 is not from 1 to 65535"],
  ["http://h:-1/", NO_PORT],
  ["http://h:abc/", NO_PORT],
  ["http://a b/", '"a b" is not a host name'],
  ["http://a%2fb/", '"a%2fb" is not a host name'],
  ["http://256.256.256.256/", '"256.256.256.256" is not a host name'],
  ["http://[zz]/", '"[zz]" is not a host name'],
  ["http://[::1/", '"[::1" is not an IPv6 address'],
  ["http://::1/", "write an IPv6 address in brackets, as [::1]:8000"],
  ["http://http://h/", "it has two schemes"],
] as const;

Deno.test("parseUrl() refuses what is no web address as what it is", () => {
  const cases: readonly (readonly [text: string, why: string])[] = [
    ...NO_ADDRESSES,
    ["", NO_HOST],
    ["0", "the port 0 is not from 1 to 65535"],
    ["http:/host", TWO_SLASHES],
    ["http:\\\\host", TWO_SLASHES],
    ["HTTP:host", TWO_SLASHES],
    ["http:8000", TWO_SLASHES],
    ["http//host", TWO_SLASHES],
    ["https:", TWO_SLASHES.replace("http", "https")],
    ["mailto:a@b", notWeb("mailto")],
    ["unix:/x", notWeb("unix")],
    ["C:\\x", A_PATH],
    ["c:/x", A_PATH],
    ["\\\\server\\share", A_PATH],
    ["/etc/passwd", A_PATH],
    ["../x", A_PATH],
    [".", A_PATH],
    ["~/x", A_PATH],
    ["foo:bar", NO_PORT],
  ];
  for (const [text, why] of cases) {
    const { kind, message } = assertThrows(() => parseUrl(text), SockeyeError);
    const shown = text === "mailto:a@b" ? "***@b" : text;
    assertEquals([kind, message], ["usage", `Bad address "${shown}": ${why}`]);
  }
});

Deno.test("resolveLocation() names a Location that is no web address, and says why", () => {
  const refusal = (location: string) =>
    assertThrows(() => resolveLocation(location, new URL("http://base/a")), SockeyeError).message;
  for (const [location, why] of NO_ADDRESSES) {
    assertEquals(refusal(location), `Bad answer: a redirect to "${location}": ${why}`);
  }
  const notUtf8 = "the bytes of its host are not UTF-8";
  const cases = [
    ["http://h\xe9.example/", 'http://h\\xe9.example/": ' + notUtf8],
    ["//\xd6\xd0/", '//\\xd6\\xd0/": ' + notUtf8],
    [toText(new TextEncoder().encode("http://中文:0/")), 'http://中文:0/": the port 0 is not from 1 to 65535'],
    ["https:", `https:": ${NO_HOST}`],
    ["http://me:s3cret@h:0/", 'http://me:***@h:0/": the port 0 is not from 1 to 65535'],
    ["//me:s3cret@/x", `***@/x": ${NO_HOST}`],
    [`ftp://h/\x1b[2J${"x".repeat(3000)}`, `ftp://h/\\x1b[2J${"x".repeat(48)}…": ${notWeb("ftp")}`],
  ] as const;
  for (const [location, words] of cases) assertEquals(refusal(location), `Bad answer: a redirect to "${words}`);
});

Deno.test("resolveLocation() takes what a browser takes", () => {
  const cases = [["http:\\\\h\\x", "http://h/x"], ["x?y=http://z", "http://base/x?y=http://z"], [
    "h://",
    undefined,
  ]] as const;
  for (const [location, href] of cases) {
    const resolve = () => resolveLocation(location, new URL("http://base/a")).href;
    if (href === undefined) assertThrows(resolve, SockeyeError);
    else assertEquals(resolve(), href);
  }
});
