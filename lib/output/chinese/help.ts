/**
 * What stands around the texts of commands and options in the help, in Chinese, by the codes of phrases. The texts
 * themselves are in `lib/cli/chinese`.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";

/** The frame of the help. */
export const HELP: Phrasebook = {
  "what-it-is": () => "sockeye：查看和操作套接字。",
  "first-server": () => "在本机 9000 端口上回显",
  "first-client": () => "与它通信",
  "first-chat": () => "局域网群聊",
  "first-fetch": () => "下载网页",
  "help-title": (title) => `${title}：`,
  "help-sentence": (summary) => `${summary}。`,
  "help-usage": (usage) => `用法：${usage}`,
  "help-start": () => "从这里开始",
  "help-commands": () => "命令",
  "help-common": () => "所有命令的选项",
  "help-options": (path) => `${path} 的选项`,
  "help-examples": () => "示例",
  "help-many": (help) => `${help}（可重复）`,
  "help-more": () => "`sockeye --help` 显示更多，`sockeye COMMAND --help` 显示某个命令的全部说明。",
  "help-command-more": () => "`sockeye COMMAND --help` 显示某个命令的更多说明。",
  "help-mode": (command, mode) => `\`sockeye ${command} ${mode} --help\` 只显示该模式的选项。`,
};
