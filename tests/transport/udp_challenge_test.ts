import { assert, assertEquals, assertLessOrEqual, assertNotEquals } from "@std/assert";
import { TOKEN_MS } from "../../lib/transport/limits.ts";
import { Challenge } from "../../lib/transport/udp_challenge.ts";
import { bytesOf, textOf } from "../support/net.ts";

const ADDRESS = "5000 10.0.0.1";

/** The token that an address is asked for. */
function tokenOf(challenge: Challenge, address = ADDRESS): string {
  return /\/([0-9a-z]{7})\n$/.exec(textOf(challenge.question(3, address) ?? new Uint8Array()))?.[1] ?? "";
}

Deno.test("question() is never longer than three times the datagram, and clearer the longer that is", () => {
  const challenge = new Challenge();
  const token = tokenOf(challenge);
  for (let length = 0; length <= 40; length++) {
    const question = challenge.question(length, ADDRESS);
    assertLessOrEqual(question?.length ?? 0, 3 * length);
    const [short, long] = [`/${token}\n`, `*** Send /${token}\n`];
    const text = length < 3 ? undefined : length < 6 ? short : length < 10 ? long : `*** Send /${token} to come in\n`;
    assertEquals(question && textOf(question), text, `${length}`);
  }
});

Deno.test("isAnswered() takes the token of the address alone or among a few words, whatever its case", () => {
  const challenge = new Challenge();
  const token = tokenOf(challenge);
  const right = [
    "TOKEN",
    "/TOKEN\n",
    "/TOKEN\r\n",
    "*** Send /TOKEN to come in\n",
    "hi, TOKEN",
    `${"a ".repeat(28)}TOKEN`,
  ];
  for (const text of right) {
    assert(challenge.isAnswered(bytesOf(text.replace("TOKEN", token)), ADDRESS), text);
    assert(challenge.isAnswered(bytesOf(text.replace("TOKEN", token.toUpperCase())), ADDRESS), text);
  }
  const wrong = ["", "TOKENx", "xTOKEN", "TOKEN".slice(1), "0000000", `${" ".repeat(64)}TOKEN`];
  for (const text of wrong) assert(!challenge.isAnswered(bytesOf(text.replace("TOKEN", token)), ADDRESS), text);
  for (const at of token.split("").keys()) {
    const other = token.slice(0, at) + (token[at] === "0" ? "1" : "0") + token.slice(at + 1);
    assert(!challenge.isAnswered(bytesOf(other), ADDRESS), other);
  }
});

Deno.test("a token is for one address, one time and one run", () => {
  let now = 10 * TOKEN_MS;
  const challenge = new Challenge(() => now);
  const token = tokenOf(challenge);
  for (const other of ["5001 10.0.0.1", "5000 10.0.0.2", "5000 ::ffff:10.0.0.1"]) {
    assertNotEquals(tokenOf(challenge, other), token);
    assert(!challenge.isAnswered(bytesOf(token), other));
  }
  assert(!new Challenge(() => now).isAnswered(bytesOf(token), ADDRESS));
  for (const [later, good] of [[TOKEN_MS, true], [2 * TOKEN_MS - 1, true], [2 * TOKEN_MS, false]] as const) {
    now = 10 * TOKEN_MS + later;
    assertEquals(challenge.isAnswered(bytesOf(token), ADDRESS), good, `${later}`);
  }
});
