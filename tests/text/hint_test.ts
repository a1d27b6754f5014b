import { assertEquals } from "@std/assert";
import { TextStream } from "../../lib/text/decode.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { EncodingHint } from "../../lib/text/hint.ts";
import { randomFrom, singles } from "./random.ts";

/** Returns the hints for a stream that is decoded as `encoding`. */
function hints(pieces: Uint8Array[], encoding: string): string[] {
  const stream = new TextStream(encoding);
  const hint = new EncodingHint(encoding);
  return pieces.map((piece) => hint.push(piece, stream.push(piece).invalid)).filter((name) => name !== undefined);
}

const CHINESE = "信息已收到，谢谢。\n";
const TRADITIONAL = "你好嗎？我們收到了您的訊息，謝謝。\n";
const JAPANESE = "こんにちは、メッセージを受け取りました。\n";
const KOREAN = "안녕하세요 메시지를 잘 받았습니다.\n";

Deno.test("EncodingHint names what invalid UTF-8 is", () => {
  const cases: [encoding: string, text: string][] = [
    ["gbk", CHINESE],
    ["gbk", "你好"],
    ["gbk", "username: 朱镕基 says 好的\r\n"],
    ["big5", TRADITIONAL],
    ["shift_jis", JAPANESE],
    ["shift_jis", "日本語"],
    ["euc-kr", KOREAN],
    ["euc-kr", "네 알겠습니다 고마워요 ㅋㅋㅋ"],
  ];
  for (const [encoding, text] of cases) {
    const bytes = encodeText("log line\n" + text, encoding);
    assertEquals(hints([bytes], "utf-8"), [encoding], text);
    assertEquals(hints([bytes, bytes], "utf-8"), [encoding], "at most once");
  }
});

Deno.test("EncodingHint works for bytes one at a time and a character that is cut at the end", () => {
  assertEquals(hints(singles(encodeText(CHINESE, "gbk")), "utf-8"), ["gbk"]);
  assertEquals(hints(singles(encodeText(JAPANESE, "shift_jis")), "utf-8"), ["shift_jis"]);
  assertEquals(hints(singles(encodeText(CHINESE, "utf-8")), "gbk"), ["utf-8"]);
  assertEquals(hints([encodeText("你好吗", "gbk").subarray(0, 5)], "utf-8"), ["gbk"]);
  assertEquals(hints([encodeText("你好吗", "utf-8").subarray(0, 7)], "gbk"), ["utf-8"]);
});

Deno.test("EncodingHint names UTF-8 in a stream that is read as something else", () => {
  const cases: [encoding: string, text: string][] = [
    ["gbk", "你好"],
    ["big5", TRADITIONAL],
    ["latin1", "déjà vu"],
    ["gbk", "Привет"],
    ["utf-16le", CHINESE],
  ];
  for (const [encoding, text] of cases) {
    assertEquals(hints([encodeText("ok " + text, "utf-8")], encoding), ["utf-8"], `${encoding} ${text}`);
  }
});

Deno.test("EncodingHint is silent about text in the right encoding", () => {
  const cases: [encoding: string, text: string][] = [
    ["utf-8", CHINESE.repeat(500)],
    ["gbk", CHINESE.repeat(500)],
    ["gbk", "通通"], // cda8 twice, which is also valid UTF-8
    ["big5", TRADITIONAL],
    ["shift_jis", JAPANESE],
    ["euc-kr", KOREAN],
    ["latin1", "déjà vu, naïve café, señor"],
    ["utf-8", "plain ASCII"],
    ["gbk", "plain ASCII"],
  ];
  for (const [encoding, text] of cases) {
    const bytes = encodeText(text, encoding);
    for (const pieces of [[bytes], singles(bytes)]) assertEquals(hints(pieces, encoding), [], `${encoding} ${text}`);
  }
});

Deno.test("EncodingHint is silent about western text and single stray bytes", () => {
  for (const text of ["déjà vu, naïve café", "Größe für Straße", "el niño, la señora y el año", "un élève l'été"]) {
    assertEquals(hints([encodeText(text, "latin1")], "utf-8"), [], text);
  }
  assertEquals(hints([encodeText("你", "gbk")], "utf-8"), []);
  assertEquals(hints([Uint8Array.of(0x41, 0xff, 0x42)], "utf-8"), []);
});

Deno.test("EncodingHint is silent about binary data", () => {
  const chinese = encodeText(CHINESE, "gbk");
  assertEquals(hints([Uint8Array.of(...chinese, 0)], "utf-8"), []);
  assertEquals(hints([Uint8Array.of(0x1b), chinese], "utf-8"), []);
  const random = randomFrom(7);
  for (let round = 0; round < 200; round++) {
    const bytes = Uint8Array.from({ length: 64 }, () => random(256));
    assertEquals(hints([bytes], "utf-8"), [], bytes.toHex());
  }
});

Deno.test("EncodingHint gives up after its sample", () => {
  const ascii = encodeText("x".repeat(5000), "utf-8");
  assertEquals(hints([ascii, encodeText(CHINESE, "gbk")], "utf-8"), ["gbk"], "ASCII is no sample");
  const good = encodeText(CHINESE.repeat(100), "utf-8");
  assertEquals(hints([good, encodeText(CHINESE, "gbk")], "utf-8"), []);
});
