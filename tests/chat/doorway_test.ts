/** A room with a password: who gives none hears nothing, says nothing and is not seen. */

import { assert, assertEquals } from "@std/assert";
import { Chat } from "../../lib/chat/chat.ts";
import { PAGE_PROTOCOL } from "../../lib/chat/web/protocol.ts";
import { FakeClock } from "../support/clock.ts";
import { FakeOperator, FakePeer, makeHost } from "../support/modes.ts";
import { bytesOf as utf8 } from "../support/net.ts";
import { makeChat } from "./helpers.ts";
import { makePages } from "./web/pages.ts";
import { is, notes } from "./web/room.ts";

const ASKED = "*** This room has a password. Please type it\n";
const WRONG = "*** That is not the password\n";

Deno.test("a text client is asked for the password before it is in the room", async () => {
  const { come, texts } = makeChat({ password: "sesame" });
  const inside = come(1);
  await inside.says("sesame\n");
  inside.news();
  const client = come(2);
  assertEquals(client.news(), ASKED);
  await client.says("/nick Ann\nhello\n\n");
  assertEquals(client.news(), WRONG + WRONG + ASKED);
  await inside.says("secret\n");
  assertEquals([client.news(), inside.news()], ["", ""]);
  await client.says("sesame\n/nick Ann\nhello\n");
  assertEquals(inside.news(), "*** user2 joined\n*** user2 is Ann now\n<Ann> hello\n");
  assert(!texts().join("\n").includes("sesame"));
});

Deno.test("what a client says that never gave the password is lost, also its last line", async () => {
  const { come, texts } = makeChat({ password: "sesame" });
  const [one, two] = [come(1), come(2)];
  await one.says("a last line without an end");
  one.breaks();
  await two.says("hello\nthe end");
  await two.ends();
  assertEquals(texts(), []);
});

Deno.test("a client that pipes the password and a line is heard", async () => {
  const { come, texts } = makeChat({ password: "sesame" });
  const client = come(1);
  await client.says("sesame\r\nhello");
  await client.ends();
  assertEquals(texts(), ["*** user1 joined", "<user1> hello", "*** user1 left"]);
});

Deno.test("a host that guesses is sent away, and so is a client that gives no password for a minute", async () => {
  using clock = new FakeClock();
  const { come } = makeChat({ password: "sesame" });
  const guesser = come(1);
  for (let i = 0; i < 11; i++) await guesser.says(`guess ${i}\n`);
  assertEquals(guesser.news(), ASKED + WRONG.repeat(10) + "*** Too many wrong passwords: try again in a minute\n");
  assertEquals(guesser.peer.ends, 1);
  await guesser.says("sesame\n");
  assertEquals(guesser.news(), "");
  const silent = come(2);
  await clock.advance(60_000);
  assertEquals(silent.peer.kicks, ["gave no password within 60 s"]);
});

Deno.test("a request of a browser is no password", async () => {
  const { come } = makeChat({ password: "sesame" });
  const client = come(1);
  await client.says("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nsesame\r\n");
  assertEquals(client.news(), ASKED + "*** This is a chat, not a web server\r\n");
  client.breaks();
});

Deno.test("a page gives the password with its join, may try again, and comes back without it", async () => {
  const { connect, enter } = makePages({ password: "sesame" });
  const page = connect(1);
  for (const [password, code] of [[undefined, "password"], ["guess", "password-wrong"]] as const) {
    await page.sends({ join: { session: "secret", name: "Ann", password } });
    assertEquals(page.news().map(({ kind, code }) => [kind, code]), [["refused", code]]);
  }
  await page.sends({ join: { session: "secret", name: "Ann", password: "sesame" } });
  const welcome = page.news()[0];
  assertEquals(welcome?.kind, "welcome");
  page.breaks();
  const again = await enter(2, { session: "secret", name: "Ann", run: welcome?.run, last: 1 });
  assert(again.news().some(is("welcome")));
  const stranger = await enter(3, { session: "other", name: "Bob" });
  assertEquals(stranger.news().map(({ kind }) => kind), ["refused"]);
  stranger.breaks();
});

Deno.test("a page that would rather have no other name hears why it cannot have one, and may ask for another", async () => {
  const { connect, enter } = makePages();
  await enter(1, { name: "Ann" });
  const page = connect(2);
  for (const [name, code] of [["ann", "name-taken"], ["-x", "name-letters"], ["user7", "name-given"]] as const) {
    await page.sends({ join: { name, strict: true } });
    assertEquals(page.news().map(({ kind, code }) => [kind, code]), [["refused", code]]);
  }
  await page.sends({ join: { name: "Bob", strict: true } });
  assert(page.news().some(notes("hello-one")));
});

Deno.test("what a text client or a page sends before it is in is a secret, and nothing after that", async () => {
  const chat = new Chat(makeHost({ password: "sesame", web: true, operator: new FakeOperator(false) }));
  const [line, page] = [
    new FakePeer(1),
    Object.assign(new FakePeer(2), { transport: "ws" as const, subprotocol: PAGE_PROTOCOL }),
  ];
  for (const peer of [line, page]) await chat.open(peer);
  const secrets = () => [line, page].map((peer) => chat.withholds(peer));
  await chat.data(line, utf8("wrong\nses"));
  await chat.data(page, utf8('{"join":{"password":"wrong"}}'));
  assertEquals(secrets(), [true, true]);
  await chat.data(line, utf8("ame\n"));
  await chat.data(page, utf8('{"join":{"password":"sesame"}}'));
  assertEquals(secrets(), [false, false]);
  for (const peer of [line, page]) chat.close(peer);
});

Deno.test("without a password nothing is a secret", async () => {
  const chat = new Chat(makeHost());
  const peer = new FakePeer();
  await chat.open(peer);
  assertEquals(chat.withholds(peer), false);
  chat.close(peer);
});
