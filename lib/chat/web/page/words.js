/** What the page says, in the languages that it knows. */

import { inChinese } from "./notes.js";

const EN = {
  here: "Here",
  name: "Your name",
  join: "Join",
  joinHint: "Letters and digits of any script; leave it empty to be given one.",
  message: "Message",
  messages: "Messages",
  messageHint: "Message, or /help",
  send: "Send",
  skip: "Skip to the message field",
  newest: "Newest messages",
  connecting: "Connecting…",
  online: "You are {0}",
  again: "Connection lost; trying again in {0} s",
  elsewhere: "This page is connected elsewhere",
  ended: "The server ended the connection",
  left: "You have left",
  unsaid: "Not said: {0}",
  rejoin: "Join again",
  gap: "Some of what was said while you were away may be missing",
  privately: "{0}, to you alone",
  privateTo: "You, to {0} alone",
  sending: "{0} (on its way)",
  whisper: "Write to {0} alone",
  you: "{0} (you)",
};

/** @type {typeof EN} */
const ZH = {
  here: "在场",
  name: "你的名字",
  join: "加入",
  joinHint: "任何文字的字母和数字；留空则由服务器起名。",
  message: "消息",
  messages: "消息列表",
  messageHint: "输入消息，或 /help",
  send: "发送",
  skip: "跳到输入框",
  newest: "最新消息",
  connecting: "正在连接…",
  online: "你是 {0}",
  again: "连接已断开，{0} 秒后重试",
  elsewhere: "此页面已在别处连接",
  ended: "服务器结束了连接",
  left: "你已离开",
  unsaid: "未发送：{0}",
  rejoin: "重新加入",
  gap: "你离开期间的部分消息可能已丢失",
  privately: "{0}（只对你说）",
  privateTo: "你（只对 {0} 说）",
  sending: "{0}（发送中）",
  whisper: "只对 {0} 说",
  you: "{0}（你）",
};

const chinese = (navigator.languages[0] ?? navigator.language).toLowerCase().startsWith("zh");

/** The language of the page, as `lang` has it. */
export const language = chinese ? "zh-CN" : "en";

/**
 * What the page says.
 *
 * @param {keyof typeof EN} key
 * @param {...(string | number)} parts what stands for `{0}`
 */
export function word(key, ...parts) {
  return (chinese ? ZH : EN)[key].replace(/\{(\d)\}/g, (_, at) => String(parts[at] ?? ""));
}

/**
 * What the room says, in the language of the page.
 *
 * @param {import("./link.js").Message} message
 */
export function note(message) {
  return (chinese ? inChinese(message) : undefined) ?? message.text ?? "";
}

/** Puts the words where the document wants them. */
export function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(/** @type {keyof typeof EN} */ (element.getAttribute("data-word")));
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(/** @type {keyof typeof EN} */ (element.getAttribute("data-label"))));
  }
}
