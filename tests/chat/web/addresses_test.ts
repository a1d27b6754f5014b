import { assertEquals, assertMatch } from "@std/assert";
import { describeUrls, type NetworkAddress, pageUrls } from "../../../lib/chat/web/addresses.ts";

const OWN: NetworkAddress[] = [
  { name: "lo", family: "IPv4", address: "127.0.0.1" },
  { name: "eth0", family: "IPv6", address: "fd00::2" },
  { name: "eth0", family: "IPv4", address: "192.168.1.5" },
  { name: "docker0", family: "IPv4", address: "172.17.0.1" },
  { name: "eth0", family: "IPv6", address: "fe80::1" },
  { name: "eth1", family: "IPv4", address: "169.254.3.4" },
];

Deno.test("pageUrls() is what a phone needs, the shorter addresses first", () => {
  const tcp = (host: string) => ({ transport: "tcp", host, port: 8888 }) as const;
  const phones = ["http://192.168.1.5:8888/", "http://[fd00::2]:8888/"];
  for (const host of ["", "::"]) {
    assertEquals(pageUrls(tcp(host), OWN), { here: "http://localhost:8888/", others: phones });
  }
  assertEquals(pageUrls(tcp("0.0.0.0"), OWN).others, phones.slice(0, 1));
  assertEquals(pageUrls(tcp("127.0.0.1"), OWN), { here: "http://127.0.0.1:8888/", others: [] });
  assertEquals(pageUrls(tcp(""), undefined).others, undefined);
  const tls = { transport: "tls", host: "", port: 443 } as const;
  assertEquals(pageUrls(tls, OWN).others?.[0], "https://192.168.1.5:443/");
});

Deno.test("describeUrls() says where the page is, or how to find it out", () => {
  const here = "http://localhost:8888/";
  assertEquals(describeUrls({ here, others: [] }).english, `Browsers join at ${here}`);
  const others = ["http://192.168.1.5:8888/", "http://[fd00::2]:8888/"];
  assertEquals(
    describeUrls({ here, others }).english,
    `Browsers join at ${here}; phones and other machines at ${others.join(" or ")}`,
  );
  assertMatch(
    describeUrls({ here, others: undefined }).english,
    /on a phone put the address of this machine .*--allow-sys=/,
  );
});
