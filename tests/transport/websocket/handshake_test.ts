import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import { Fields } from "../../../lib/http/head.ts";
import type { RequestHead } from "../../../lib/http/request_head.ts";
import { RequestParser } from "../../../lib/http/request_parser.ts";
import {
  acceptHandshake,
  AnswerParser,
  checkAnswer,
  type HandshakeOptions,
  proofOf,
  writeAcceptance,
  writeHandshake,
  writeRefusal,
} from "../../../lib/transport/websocket/handshake.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { singles } from "../../text/random.ts";

/** The key and its proof from RFC 6455 section 1.3. */
const [KEY, PROOF] = ["dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="];

const GOOD: Readonly<Record<string, string>> = {
  "Host": "server.example.com",
  "Upgrade": "websocket",
  "Connection": "Upgrade",
  "Sec-WebSocket-Key": KEY,
  "Sec-WebSocket-Version": "13",
};

/** A request; an empty value leaves a field out. */
function request(change: Readonly<Record<string, string>> = {}, more: Partial<RequestHead> = {}): RequestHead {
  const fields = new Fields();
  for (const [name, value] of Object.entries({ ...GOOD, ...change })) if (value !== "") fields.add(name, value);
  return { method: "GET", target: "/chat", version: "1.1", fields, hasBody: false, ...more };
}

const PLACE = "server.example.com:9000";

const ACCEPTED: [name: string, head: RequestHead, protocols?: string[]][] = [
  ["as the RFC writes it", request()],
  ["in other cases, and lists", request({ "Upgrade": "h2c, WebSocket", "Connection": "keep-alive, upGRADE" })],
  ["with names in other cases", request({ "Upgrade": "", "upgrade": "websocket" })],
  ["with extensions, which are passed over", request({ "Sec-WebSocket-Extensions": "permessage-deflate" })],
  ["with an absolute target", request({}, { target: "http://server.example.com/chat?x=1" })],
  ["with subprotocols", request({ "Sec-WebSocket-Protocol": "Chat, superchat ,, b@d" }), ["Chat", "superchat"]],
  ["of a program", request({ "Host": PLACE })],
  ["of a page of the same host", request({ "Host": PLACE, "Origin": `http://${PLACE}` })],
  ["of a page of the same host over TLS", request({ "Host": PLACE, "Origin": `https://${PLACE}` })],
  ["of a page in other letters", request({ "Host": PLACE.toUpperCase(), "Origin": `http://${PLACE}` })],
  ["of a page of the target", request({ "Origin": `http://${PLACE}` }, { target: `http://${PLACE}/chat` })],
];

Deno.test("acceptHandshake() takes what RFC 6455 calls a request for a WebSocket, of programs and of its own pages", () => {
  for (const [name, head, protocols = []] of ACCEPTED) {
    assertEquals(acceptHandshake(head, "/chat"), { key: KEY, protocols }, name);
  }
});

Deno.test("acceptHandshake() knows a path however it is escaped (RFC 3986 section 6.2.2)", () => {
  const cases: [path: string, target: string, same: boolean][] = [
    ["/talk", "/%74al%6B", true],
    ["/%7etalk", "/~talk", true],
    ["/a%2fb", "/a%2Fb", true],
    ["/a%2fb", "/a/b", false],
    ["/%e4", "/%c3%a4", false],
  ];
  for (const [path, target, same] of cases) {
    assertEquals("key" in acceptHandshake(request({}, { target }), path), same, `${path} ${target}`);
  }
});

const OTHER_TARGET = { target: "http://other.example/chat" };

const REFUSED: [name: string, head: RequestHead, status: number, why: string][] = [
  ["POST", request({}, { method: "POST" }), 405, "GET"],
  ["get", request({}, { method: "get" }), 405, "GET"],
  ["HTTP/1.0", request({}, { version: "1.0" }), 400, "HTTP/1.1"],
  ["another path", request({}, { target: "/chat/more" }), 404, "nothing is here"],
  ["a page", request({ "Upgrade": "", "Connection": "" }), 426, "WebSocket server"],
  ["another upgrade", request({ "Upgrade": "h2c" }), 426, "WebSocket server"],
  ["no Connection", request({ "Connection": "keep-alive" }), 400, "Connection"],
  ["no version", request({ "Sec-WebSocket-Version": "" }), 426, "version 13"],
  ["an old version", request({ "Sec-WebSocket-Version": "8" }), 426, "version 13"],
  ["no key", request({ "Sec-WebSocket-Key": "" }), 400, "Key"],
  ["a key of fifteen bytes", request({ "Sec-WebSocket-Key": btoa("fifteen bytes ..").slice(4) }), 400, "Key"],
  ["a key of seventeen bytes", request({ "Sec-WebSocket-Key": btoa("seventeen bytes .") }), 400, "Key"],
  ["a key that is no base64", request({ "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ*=" }), 400, "Key"],
  ["a key with stray bits", request({ "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZR==" }), 400, "Key"],
  ["a body", request({}, { hasBody: true }), 400, "body"],
  ["a page of another site", request({ "Origin": "http://evil.example" }), 403, "other sites"],
  ["a page of another port", request({ "Origin": "http://server.example.com:81" }), 403, "other sites"],
  ["a page of no site", request({ "Origin": "null" }), 403, "other sites"],
  ["a page where Host is no host", request({ "Host": "a@b", "Origin": "null" }), 403, "other sites"],
  ["a page of Host, not of the target", request({ "Origin": `http://${PLACE}` }, OTHER_TARGET), 403, "other sites"],
  ["two keys", request({ "sec-websocket-key": KEY }), 400, "Key"],
];

for (const [name, head, status, why] of REFUSED) {
  Deno.test(`acceptHandshake() refuses ${name} with ${status}`, () => {
    const refused = acceptHandshake(head, "/chat");
    assert("status" in refused, "it was accepted");
    assertEquals(refused.status, status);
    assertStringIncludes(refused.why, why);
    const [answer = "", forHead] = ["GET", "HEAD"].map((method) =>
      textOf(writeRefusal(method, refused)).replace(/^Date: .*$/m, "Date")
    );
    assertStringIncludes(answer, `HTTP/1.1 ${status} `);
    assertStringIncludes(answer, "\r\nConnection: close\r\n");
    assertEquals(answer.includes("\r\nConnection: Upgrade\r\n"), status === 426);
    assertEquals(answer.includes("\r\nUpgrade: websocket\r\n"), status === 426);
    assertEquals(answer.includes("Sec-WebSocket-Version: 13\r\n"), status === 426);
    assertEquals(answer.includes("Allow: GET\r\n"), status === 405);
    const [headLines = "", body = ""] = answer.split("\r\n\r\n");
    assertStringIncludes(headLines, `Content-Length: ${body.length}`);
    assertEquals(forHead, `${headLines}\r\n\r\n`);
  });
}

Deno.test("writeAcceptance() writes the RFC's answer", async () => {
  assertEquals(await proofOf(KEY), PROOF);
  const fields = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const head = `HTTP/1.1 101 Switching Protocols\r\n${fields}Sec-WebSocket-Accept: ${PROOF}\r\n`;
  assertEquals(textOf(writeAcceptance(PROOF)), `${head}\r\n`);
  assertEquals(textOf(writeAcceptance(PROOF, "chat")), `${head}Sec-WebSocket-Protocol: chat\r\n\r\n`);
});

Deno.test("writeHandshake() writes what acceptHandshake() takes", () => {
  const bytes = writeHandshake({ host: "localhost:9000", path: "/a?b=c", key: KEY }, {
    protocols: ["one", "two"],
    headers: [["Origin", "http://localhost:9000"], ["X-Empty", ""]],
  });
  for (const pieces of [[bytes], singles(bytes)]) {
    const parser = new RequestParser();
    const [head] = pieces.map((piece) => parser.push(piece)).filter((found) => found !== undefined);
    assert(head);
    assertEquals(acceptHandshake(head, "/a"), { key: KEY, protocols: ["one", "two"] });
    const fields = ["host", "origin", "x-empty"].map((name) => head.fields.get(name));
    assertEquals([head.target, ...fields], ["/a?b=c", "localhost:9000", "http://localhost:9000", undefined]);
  }
});

Deno.test("writeHandshake() lets the user replace Host, and nothing of the handshake", () => {
  const write = (options: HandshakeOptions) => writeHandshake({ host: "localhost", path: "/", key: KEY }, options);
  for (const [name, value, sent] of [["host", "other", "host: other"], ["Host", "", undefined]] as const) {
    assertEquals(textOf(write({ headers: [[name, value]] })).match(/^host:.*$/gim)?.join(), sent);
  }
  for (const name of ["Upgrade", "connection", "Sec-WebSocket-Key", "sec-websocket-extensions", "Content-Length"]) {
    assertEquals(assertThrows(() => write({ headers: [[name, "x"]] }), SockeyeError).kind, "usage");
  }
  assertThrows(() => write({ protocols: ["b@d"] }), SockeyeError, "not a token");
  assertThrows(() => write({ protocols: ["a", "a"] }), SockeyeError, "offered twice");
});

const ANSWER = textOf(writeAcceptance(PROOF));

/** What an answer comes to: a subprotocol, `none`, or the kind of the failure and its message. */
function judge(answer: string, protocols: readonly string[] = []): string {
  try {
    const head = new AnswerParser().push(bytesOf(answer));
    return head ? checkAnswer(head, PROOF, protocols) ?? "none" : "incomplete";
  } catch (error) {
    assert(error instanceof SockeyeError);
    return `${error.kind}: ${error.message}`;
  }
}

Deno.test("checkAnswer() takes an answer that fits, and the subprotocol that it chose", () => {
  assertEquals(judge(ANSWER), "none");
  assertEquals(judge(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ANSWER}`), "none");
  assertEquals(judge(textOf(writeAcceptance(PROOF, "two")), ["one", "two"]), "two");
  assertEquals(judge(ANSWER, ["one"]), "none");
  assertEquals(judge(ANSWER.slice(0, -1)), "incomplete");
});

Deno.test("checkAnswer() refuses every other answer, and says why", () => {
  const cases: [answer: string, why: string][] = [
    ["HTTP/1.1 403 Forbidden\r\n\r\n", "status: The server refuses the WebSocket: 403 Forbidden"],
    ["HTTP/1.1 200 OK\r\n\r\n", "protocol: Bad answer: no WebSocket was opened (status 200)"],
    [
      "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
      `protocol: Bad answer: no WebSocket was opened (status 302, Location: "/")`,
    ],
    [ANSWER.replace("HTTP/1.1", "HTTP/1.0"), "protocol: Bad answer: a WebSocket needs HTTP/1.1"],
    [ANSWER.replace("websocket", "h2c"), "protocol: Bad answer: Upgrade does not say websocket"],
    [
      ANSWER.replace("Connection: Upgrade", "Connection: close"),
      "protocol: Bad answer: Connection does not say Upgrade",
    ],
    [ANSWER.replace(PROOF, "x"), "protocol: Bad answer: Sec-WebSocket-Accept does not fit the key"],
    [ANSWER.replace(/Sec.*\r\n/, ""), "protocol: Bad answer: Sec-WebSocket-Accept does not fit the key"],
    [
      ANSWER.replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
      "protocol: Bad answer: an extension that was not asked for",
    ],
    [textOf(writeAcceptance(PROOF, "x")), `protocol: Bad answer: the subprotocol "x" was not asked for`],
    ["SSH-2.0-OpenSSH\r\n", `protocol: Bad answer: not a status line: "SSH-2.0-OpenSSH"`],
  ];
  for (const [answer, why] of cases) assertEquals(judge(answer), why);
});

Deno.test("AnswerParser keeps the bytes behind the head, wherever the answer is cut", () => {
  const bytes = bytesOf(`${ANSWER}frames`);
  const end = bytesOf(ANSWER).length;
  for (let cut = 1; cut < bytes.length; cut++) {
    const parser = new AnswerParser();
    const first = parser.push(bytes.subarray(0, cut));
    assertEquals(first !== undefined, cut >= end);
    const found = first ?? parser.push(bytes.subarray(cut));
    assertEquals([found?.status, textOf(parser.rest)], [101, first ? textOf(bytes.subarray(end, cut)) : "frames"]);
  }
});
