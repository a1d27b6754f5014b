import { assertEquals } from "@std/assert";
import { readCookieFile, writeCookieFile } from "../../lib/http/cookie_file.ts";
import { readDate } from "../../lib/http/date.ts";
import { cookieField, CookieJar } from "../../lib/http/cookies.ts";
import { isPublicSuffix } from "../../lib/http/public_suffix.ts";
import { toText } from "./helpers.ts";

const NOW = Date.UTC(2026, 5, 1);

/** What goes to `to` after `from` has set these. */
function sent(from: string, to: string, ...fields: string[]): string {
  const jar = new CookieJar();
  for (const field of fields) jar.take(field, new URL(from), NOW);
  return cookieField("", jar.for(new URL(to), NOW));
}

Deno.test("a cookie goes to the host that set it, and with Domain to those below", () => {
  const cases: [from: string, field: string, to: string, goes: boolean][] = [
    ["http://a.com/", "x=1", "http://a.com/", true],
    ["http://a.com/", "x=1", "http://a.com:8080/b", true],
    ["http://a.com/", "x=1", "https://a.com/", true],
    ["http://a.com/", "x=1", "http://w.a.com/", false],
    ["http://a.com/", "x=1; Domain=a.com", "http://w.a.com/", true],
    ["http://a.com/", "x=1; Domain=.A.com", "http://w.a.com/", true],
    ["http://w.a.com/", "x=1; domain=a.com", "http://v.a.com/", true],
    ["http://w.a.com/", "x=1; domain=a.com", "http://ba.com/", false],
    ["http://w.a.com/", "x=1; domain=", "http://w.a.com/", true],
    ["http://a.com/", "x=1; domain=w.a.com", "http://w.a.com/", false],
    ["http://a.com/", "x=1; domain=b.com", "http://b.com/", false],
    ["http://a.com/", "x=1; domain=com", "http://b.com/", false],
    ["http://a.co.uk/", "x=1; domain=co.uk", "http://b.co.uk/", false],
    ["http://me.github.io/", "x=1; domain=github.io", "http://you.github.io/", false],
    ["http://a.com.cn/", "x=1; domain=com.cn", "http://b.com.cn/", false],
    ["http://localhost/", "x=1; domain=localhost", "http://localhost/", true],
    ["http://co.uk/", "x=1; domain=co.uk", "http://co.uk/", true],
    ["http://co.uk/", "x=1; domain=co.uk", "http://b.co.uk/", false],
    ["http://127.0.0.1/", "x=1; domain=127.0.0.1", "http://127.0.0.1/", true],
    ["http://127.0.0.1/", "x=1; domain=0.0.1", "http://127.0.0.1/", false],
    ["http://[::1]/", "x=1", "http://[::1]/", true],
    ["http://a.com./", "x=1", "http://a.com/", true],
  ];
  for (const [from, field, to, goes] of cases) assertEquals(sent(from, to, field), goes ? "x=1" : "", `${field} ${to}`);
});

Deno.test("a cookie goes to its path and what lies below", () => {
  const cases: [from: string, path: string, to: string, goes: boolean][] = [
    ["/", "/a", "/a", true],
    ["/", "/a", "/a/b", true],
    ["/", "/a", "/ab", false],
    ["/", "/a/", "/a/b", true],
    ["/", "/a/", "/a", false],
    ["/x/y", "", "/x/z", true],
    ["/x/y", "", "/x", true],
    ["/x/y", "", "/", false],
    ["/x/y", "no", "/x/z", true],
    ["/x", "", "/", true],
    ["/x/y", "/", "/", true],
  ];
  for (const [from, path, to, goes] of cases) {
    const value = sent(`http://a.com${from}`, `http://a.com${to}`, `x=1; path=${path}`);
    assertEquals(value, goes ? "x=1" : "", `${from} ${path} ${to}`);
  }
  assertEquals(sent("http://a/", "http://a/p/q", "x=1", "y=2; path=/p", "z=3; path=/p/q"), "z=3; y=2; x=1");
});

Deno.test("a cookie for TLS is neither set nor sent without, but on this machine", () => {
  assertEquals(sent("https://a.com/", "https://a.com/", "x=1; Secure"), "x=1");
  assertEquals(sent("https://a.com/", "http://a.com/", "x=1; secure"), "");
  assertEquals(sent("http://a.com/", "https://a.com/", "x=1; secure"), "");
  for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
    assertEquals(sent(`http://${host}/`, `http://${host}/`, "x=1; secure"), "x=1", host);
  }
  const jar = new CookieJar();
  jar.take("x=1; secure", new URL("https://a.com/"), NOW);
  const problem = jar.take("x=2", new URL("http://a.com/"), NOW);
  assertEquals([problem, jar.all(NOW).map(({ value }) => value)], ["it would replace one that is for TLS only", ["1"]]);
  assertEquals(sent("https://a.com/", "https://a.com/", "__Host-x=1; Secure; Path=/"), "__Host-x=1");
  for (const field of ["__Host-x=1", "__Host-x=1; Secure; Path=/b", "__Host-x=1; Secure; Path=/; Domain=a.com"]) {
    assertEquals(sent("https://a.com/b/", "https://a.com/b/", field), "", field);
  }
  assertEquals(sent("https://a.com/", "https://a.com/", "__Secure-x=1"), "");
});

Deno.test("a cookie lasts as long as it says, and Max-Age counts before Expires", () => {
  const lasts = (attributes: string, ms: number) => {
    const jar = new CookieJar();
    jar.take(`x=1; ${attributes}`, new URL("http://a/"), NOW);
    return jar.for(new URL("http://a/"), NOW + ms).length > 0;
  };
  assertEquals([lasts("", 1e12), lasts("Max-Age=60", 59_000), lasts("Max-Age=60", 61_000)], [true, true, false]);
  assertEquals([lasts("Max-Age=0", 0), lasts("Max-Age=-1", 0), lasts("Max-Age=x", 1e12)], [false, false, true]);
  assertEquals(lasts("Expires=Tue, 02 Jun 2026 00:00:00 GMT", 86_399_000), true);
  assertEquals(lasts("Expires=Tue, 02 Jun 2026 00:00:00 GMT", 86_401_000), false);
  assertEquals(lasts("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", 59_000), true);
  assertEquals(lasts("Expires=never", 1e12), true);
  assertEquals(sent("http://a/", "http://a/", "x=1", "y=2", "x=; Max-Age=0"), "y=2");
});

Deno.test("readDate() reads dates in whatever form servers write them", () => {
  const noon = Date.UTC(2026, 10, 6, 8, 49, 37);
  for (
    const text of [
      "Fri, 06 Nov 2026 08:49:37 GMT",
      "Friday, 06-Nov-26 08:49:37 GMT",
      "Fri Nov  6 08:49:37 2026",
      "2026 Nov 06 8:49:37",
      "06-NOV-2026 08:49:37",
      '"Fri, 06-November-2026 08:49:37"',
    ]
  ) assertEquals(readDate(text), noon, text);
  assertEquals(readDate("01 Jan 70 00:00:00"), 0);
  for (const text of ["", "0", "Nov 2026", "31 Feb 2026 00:00:00", "06 Nov 1500 00:00:00", "06 Nov 2026 25:00:00"]) {
    assertEquals(readDate(text), undefined, text);
  }
});

Deno.test("odd cookies are refused with the reason, and a jar does not grow for ever", () => {
  const jar = new CookieJar();
  const url = new URL("http://a.com/");
  for (
    const [field, reason] of [
      ["", "it has no name"],
      ["x", "it has no name"],
      ["=1", "it has no name"],
      ["x=\x01", "it has control characters"],
      ["x=a\tb", "it has control characters"],
      ["x=\xff", "its bytes are not UTF-8"],
      [`x=${"y".repeat(4096)}`, "it is longer than 4096 bytes"],
      ["x=1; domain=com", "its domain is that of many sites"],
      ["x=1; domain=b.com", "its domain is another one"],
      [" x = a b ; path=/", undefined],
      ['y="q;w"', undefined],
      ["z==", undefined],
    ] as const
  ) assertEquals(jar.take(field, url, NOW), reason, field);
  assertEquals(cookieField("", jar.for(url, NOW)), 'x=a b; y="q; z==');
  for (let i = 0; i < 400; i++) jar.take(`n${i}=1`, url, NOW);
  assertEquals(jar.all(NOW).length, 180);
  for (let i = 0; i < 3100; i++) jar.take("n=1", new URL(`http://h${i}.com/`), NOW);
  assertEquals(jar.all(NOW).length, 3000);
});

Deno.test("cookieField() puts what the server set in the place of the user's", () => {
  const jar = new CookieJar();
  jar.take("a=2", new URL("http://h/"), NOW);
  assertEquals(cookieField("a=1; b=3;; c", jar.for(new URL("http://h/"), NOW)), "a=2; b=3; c");
});

Deno.test("isPublicSuffix() knows where anybody can have a site", () => {
  for (const name of ["com", "cn", "co.uk", "com.cn", "github.io", "me.uk", "gd.cn"]) {
    assertEquals(isPublicSuffix(name), true, name);
  }
  for (const name of ["a.com", "bbc.co.uk", "me.github.io", "co.com", "uk.com.example"]) {
    assertEquals(isPublicSuffix(name), false, name);
  }
});

Deno.test("a cookie file is read as curl writes it, and written as curl reads it", () => {
  const text = [
    "# Netscape HTTP Cookie File",
    "",
    ".a.com\tTRUE\t/\tFALSE\t1900000000\tx\t1",
    "#HttpOnly_b.com\tFALSE\t/p\tTRUE\t0\ty\t中",
    "c.com\tFALSE\t/\tFALSE\t0\tempty\t",
    "d.com\tFALSE\t/\tFALSE\t0\tshort",
  ].join("\r\n");
  const { cookies, odd } = readCookieFile(text);
  assertEquals(odd, 0);
  assertEquals(
    cookies.map(({ domain, hostOnly, path, secure, httpOnly, expires, name, value }) =>
      [domain, hostOnly, path, secure, httpOnly, expires, name, value].join("|")
    ),
    [
      "a.com|false|/|false|false|1900000000000|x|1",
      "b.com|true|/p|true|true||y|中",
      "c.com|true|/|false|false||empty|",
      "d.com|true|/|false|false||short|",
    ],
  );
  assertEquals(readCookieFile(new TextDecoder().decode(writeCookieFile(cookies))).cookies, cookies);
  assertEquals(toText(writeCookieFile([])).startsWith("# Netscape HTTP Cookie File\n"), true);
  const page = "<html>\n<body>\na\tb\n.x\tTRUE\t/\tFALSE\tsoon\tx\ty\n";
  assertEquals(readCookieFile(page), { cookies: [], odd: 4 });
});
