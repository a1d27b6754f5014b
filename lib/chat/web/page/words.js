/** What the page says, in the languages that it knows. */

import { inChinese } from "./notes.js";
import { setting } from "./settings.js";

const EN = {
  here: "here",
  people: "People here",
  name: "Your name",
  password: "Password",
  join: "Join",
  joinHint: "Letters and digits of any script. Leave it empty to be given one.",
  present: "{0} here: {1}",
  empty: "Nobody is here yet",
  locked: "This room has a password",
  message: "Message",
  messages: "Messages",
  messageHint: "Message, or /help",
  send: "Send",
  skip: "Skip to the message field",
  newest: "Newest messages",
  new: "New since you left",
  today: "Today",
  yesterday: "Yesterday",
  came: "{0} joined",
  went: "{0} left",
  passed: "{0} came and went",
  returned: "{0} left and came back",
  andMore: "{0} and {1} more",
  comma: ", ",
  semicolon: "; ",
  connecting: "Connecting…",
  online: "You are {0}",
  again: "Connection lost. Trying again in {0} s",
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
  notification: "{0} wrote to you",
  menu: "Menu",
  rename: "Change your name",
  notify: "Notify me of @mentions",
  theme: "Theme",
  system: "System",
  light: "Light",
  dark: "Dark",
  language: "Language",
  leave: "Leave the room",
  save: "Save",
  cancel: "Cancel",
  close: "Close",
  share: "Invite others",
  shareTitle: "Invite others",
  shareHint: "Scan the code with a phone, or send the address to others.",
  shareHere: "This address works on this machine alone. Others put the address of the server in place of the name.",
  address: "Address",
  code: "QR code of {0}",
  copy: "Copy",
  copied: "Copied",
};

/** @type {typeof EN} */
const ZH = {
  here: "人在线",
  people: "在线成员",
  name: "昵称",
  password: "密码",
  join: "加入",
  joinHint: "可用任何文字的字母和数字；留空则自动分配。",
  present: "{0} 人在线：{1}",
  empty: "暂时没有人在线",
  locked: "进入聊天室需要密码",
  message: "消息",
  messages: "消息列表",
  messageHint: "发消息，输入 /help 查看命令",
  send: "发送",
  skip: "跳到输入框",
  newest: "回到最新消息",
  new: "以下为未读消息",
  today: "今天",
  yesterday: "昨天",
  came: "{0} 加入了聊天室",
  went: "{0} 离开了聊天室",
  passed: "{0} 加入后又离开",
  returned: "{0} 离开后又回来",
  andMore: "{0} 等，另有 {1} 人",
  comma: "、",
  semicolon: "；",
  connecting: "连接中…",
  online: "你的昵称：{0}",
  again: "连接已断开，{0} 秒后重试",
  elsewhere: "此页面已在别处连接",
  ended: "服务器已断开连接",
  left: "你已离开聊天室",
  unsaid: "未发送：{0}",
  rejoin: "重新加入",
  gap: "你离开期间的部分消息可能已丢失",
  privately: "{0} 对你私聊",
  privateTo: "你对 {0} 私聊",
  sending: "{0}（发送中）",
  whisper: "与 {0} 私聊",
  you: "{0}（我）",
  notification: "{0} 给你发来消息",
  menu: "菜单",
  rename: "修改昵称",
  notify: "有人 @我 时通知",
  theme: "外观",
  system: "跟随系统",
  light: "浅色",
  dark: "深色",
  language: "语言",
  leave: "退出聊天室",
  save: "保存",
  cancel: "取消",
  close: "关闭",
  share: "邀请",
  shareTitle: "邀请他人加入",
  shareHint: "用手机扫描二维码，或把链接发给别人。",
  shareHere: "此链接只能在本机打开；在其他设备上，请把主机名换成服务器的 IP 地址。",
  address: "链接",
  code: "{0} 的二维码",
  copy: "复制",
  copied: "已复制",
};

const chosen = setting("language");
const chinese = (chosen || (navigator.languages?.[0] ?? navigator.language)).toLowerCase().startsWith("zh");

/** The language of the page, as `lang` has it. */
export const language = chinese ? "zh-CN" : "en";

/**
 * A text of the page.
 *
 * @param {keyof typeof EN} key
 * @param {...(string | number)} parts the value of `{0}`
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
    const label = word(/** @type {keyof typeof EN} */ (element.getAttribute("data-label")));
    element.setAttribute("aria-label", label);
    if (element instanceof HTMLButtonElement) element.title = label;
  }
}
