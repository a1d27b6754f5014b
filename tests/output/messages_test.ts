import { assertEquals, assertStrictEquals } from "@std/assert";
import type { SockeyeEvent } from "../../lib/events.ts";
import { type CommandName, describe, type Description } from "../../lib/output/messages.ts";
import { close, failure, notice } from "./view.ts";

const PEER = { id: 7, peer: "10.0.0.7:4000" };
const NAME = "#7 10.0.0.7:4000";
const ADDRESS = "tcp://127.0.0.1:9000";
const DONE = { event: "done", peers: 2, received: 1536, sent: 0, ms: 61_234, code: 0 } as const;

/** The same description by both commands. */
function both(role: Description["role"], text: string, more: Partial<Description> = {}) {
  return { server: { role, text, ...more }, client: { role, text, ...more } };
}

/** Each event, and its description by each command that reports it; undefined = none. */
const DESCRIPTIONS: [string, SockeyeEvent, Partial<Record<CommandName, Description | undefined>>][] = [
  [
    "listen",
    { event: "listen", address: ADDRESS, mode: "echo", reach: "9000", hint: "More" },
    both("heading", `Listening on ${ADDRESS} - echo; sockeye client 9000; Ctrl-C stops\nMore`),
  ],
  [
    "listen without more",
    { event: "listen", address: ADDRESS },
    both("heading", `Listening on ${ADDRESS}; Ctrl-C stops`),
  ],
  ["open", { event: "open", ...PEER }, {
    server: { role: "good", text: "#7 10.0.0.7:4000 connected" },
    client: { role: "good", text: "Connected to 10.0.0.7:4000" },
  }],
  ["half-close in", { event: "half-close", ...PEER, dir: "in" }, {
    server: { role: "note", text: "#7 10.0.0.7:4000 has finished sending", detail: true },
    client: { role: "note", text: "The peer has finished sending", detail: true },
  }],
  ["half-close out", { event: "half-close", ...PEER, dir: "out" }, {
    client: { role: "note", text: "Finished sending", detail: true },
  }],
  ["close", close(), {
    server: { role: "note", text: "#1 10.0.0.1:4000 left: closed; 3 B in, 2 KiB out, 15 ms" },
    client: { role: "note", text: "Connection closed; 3 B in, 2 KiB out, 15 ms" },
  }],
  ["close before an error", { ...close(), reason: "lost: reset by the peer" }, {
    server: { role: "note", text: "#1 10.0.0.1:4000 left: lost: reset by the peer; 3 B in, 2 KiB out, 15 ms" },
    client: {
      role: "note",
      text: "Connection lost: reset by the peer; 3 B in, 2 KiB out, 15 ms",
      detail: true,
    },
  }],
  ["notice about everything", notice("Nobody is here"), both("warning", "Nobody is here")],
  ["notice of a peer", notice("waits", { ...PEER, detail: true }), both("warning", `${NAME} waits`, { detail: true })],
  ["error", failure("Cannot bind", "connect"), both("error", "sockeye: Cannot bind")],
  ["error of a peer", { ...failure("was reset"), ...PEER }, both("error", `sockeye: ${NAME} was reset`)],
  ["done", DONE, {
    server: { role: "note", text: "Done: 2 connections; 1.5 KiB in, 0 B out, 1 min 1 s" },
    client: undefined,
  }],
  ["done over UDP", { ...DONE, transport: "udp" }, {
    server: { role: "note", text: "Done: 2 peers; 1.5 KiB in, 0 B out, 1 min 1 s" },
    client: undefined,
  }],
  ["done over a Unix socket", { ...DONE, transport: "unix", peers: 1 }, {
    server: { role: "note", text: "Done: 1 connection; 1.5 KiB in, 0 B out, 1 min 1 s" },
    client: undefined,
  }],
  ["traffic", { event: "recv", ...PEER, data: new Uint8Array(3) }, { server: undefined, client: undefined }],
];

for (const [name, event, expected] of DESCRIPTIONS) {
  for (const command of ["server", "client"] as const) {
    if (!(command in expected)) continue;
    Deno.test(`describe() puts ${name} into the words of ${command}`, () => {
      // The table has only the fields that count, so absent ones are filled in before comparing.
      const shape = (description: Description | undefined) => description && { detail: false, ...description };
      assertEquals(shape(describe(event, command)), shape(expected[command]));
    });
  }
}

Deno.test("describe() gives totals after a signal, and none after a failure", () => {
  for (const code of [0, 130, 143]) {
    assertStrictEquals(describe({ ...DONE, code }, "server")?.text.startsWith("Done: "), true);
  }
  for (const code of [1, 4, 13]) assertEquals(describe({ ...DONE, code }, "server"), undefined);
});

Deno.test("describe() says how to use a new certificate, and describes none that was not made", () => {
  const files = { cert: "a b.crt", key: "\x1b.key", ca: "dev/x-ca.crt" };
  const certified = {
    names: ["localhost", "::1"],
    ...files,
    fingerprint: "sha256:00",
    expires: "2027-02-19T10:56:14.000Z",
  };
  assertEquals(describe({ ...DONE, ...certified }, "cert")?.text.split("\n"), [
    "A certificate for localhost, ::1, valid until 2027-02-19",
    "Serve:   sockeye server echo tls://:9443 --cert 'a b.crt' --key $'\\x1b.key'",
    "Connect: sockeye client tls://HOST:9443 --ca dev/x-ca.crt",
    "     or: sockeye client tls://HOST:9443 --pin sha256:00",
  ]);
  assertEquals(describe({ ...DONE, code: 9 }, "cert"), undefined);
});

Deno.test("describe() escapes what would drive a terminal", () => {
  const message = "\x1b[2Jgone\r\u202e\u0085";
  assertEquals(describe({ event: "notice", message }, "client")?.text, "\\x1b[2Jgone\\r\\u202e\\u0085");
  assertEquals(describe({ event: "open", id: 1, peer: "\x07" }, "server")?.text, "#1 \\x07 connected");
  assertEquals(describe({ ...close(), reason: "\x9b1m" }, "client")?.text.slice(0, 20), "Connection \\u009b1m;");
});

Deno.test("describe() gives a first line that fits 80 columns, whatever the mode and the port", () => {
  for (
    const [address, mode, reach] of [["tcp://127.0.0.1:65535", "discard", "65535"], ["udp://[::1]:65535", "chat", ""]]
  ) {
    const event = { event: "listen", address: address ?? "", mode, ...(reach && { reach }) } as const;
    const [first = ""] = describe(event, "server")?.text.split("\n") ?? [];
    assertEquals([first.length <= 80, first.includes(`${address} - ${mode}`), first.endsWith("Ctrl-C stops")], [
      true,
      true,
      true,
    ]);
  }
});

Deno.test("describe() leaves connections to the lines of a chat, and names people in what it says of them", () => {
  const chat = { chat: true, nameOf: () => "bob" };
  for (const event of [{ event: "open", ...PEER } as const, close()]) {
    assertEquals(describe(event, "server", chat)?.detail, true);
  }
  assertEquals(describe(notice("waits", PEER), "server", chat)?.text, "#7 bob 10.0.0.7:4000 waits");
});
