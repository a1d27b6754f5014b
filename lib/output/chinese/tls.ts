/**
 * What is wrong with TLS and certificates, in Chinese, by the codes of phrases.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";

/** All that is said of TLS. */
export const TLS: Phrasebook = {
  "no-tls": (name, why) => `无法与 ${name} 建立 TLS 连接：${why}`,
  "its-certificate": (problem, advice) => `证书${problem}；${advice}`,
  "problem-and": (one, other) => `${one}，并且${other}`,
  "unchecked": () => "--insecure 可跳过检查",
  "advice-or": (one, other) => `${one}，${other}`,
  "ca-trusts": () => "--ca FILE 指定该证书即可信任它",
  "ca-adds": () => "--ca FILE 可添加该机构",
  "self-signed": () => "是自签名的",
  "self-signed-not-ca": () => "是自签名的，且不是 --ca 指定的那一个",
  "cert-not-ca": () => "自签名证书不是 --ca 指定的那一个",
  "cert-not-pinned": (fingerprint) => `证书是 sha256:${fingerprint}，与 --pin 指定的不符`,
  "cert-expired": (day) => `已于 ${day} 过期`,
  "cert-early": (day) => `要到 ${day} 才生效`,
  "cert-nameless": (name) => `没有写明服务器名（缺少 subjectAltName），不能用于 ${name}`,
  "cert-other-name": (names, name) => `属于 ${names}，不能用于 ${name}`,
  "signed-by": (authority, state) => `由 ${authority} 签发，${state}`,
  "not-in-ca": () => "而 --ca 中没有该机构",
  "neither-in-ca": () => "而 --ca 中没有该机构，服务器也没有发送它的证书",
  "not-sent": () => "而服务器没有发送该机构的证书",
  "not-trusted": () => "该机构不受信任",
  "cert-self-signed": () => "证书是自签名的；--ca FILE 指定该证书即可信任它，--insecure 可跳过检查",
  "cert-untrusted": () => "签发证书的机构不受信任；--ca FILE 可添加该机构，--insecure 可跳过检查",
  "cert-wrong-name": () => "证书属于别的主机名；--insecure 可跳过检查",
  "cert-has-expired": () => "证书已过期；--insecure 可跳过检查",
  "cert-not-yet": () => "证书尚未生效；--insecure 可跳过检查",
  "cert-unverified": () => "证书无法验证",
  "cert-refused": (file, problem) => `证书 ${file} ${problem}：客户端会拒绝它`,
  "cert-made": (fingerprint) => `已为本次运行生成证书；客户端用 --pin sha256:${fingerprint} 信任它`,
  "handshake-failed": () => "握手失败",
  "not-tls": () => "对方使用的不是 TLS",
  "tls-older": () => "对方只支持旧版本的 TLS",
  "tls-old": (version) => `对方最高只支持 ${version}；本程序支持 TLS 1.2 和 1.3`,
  "tls-echo": () => "对方使用的不是 TLS：它把收到的内容原样发回",
  "tls-http": () => "对方使用的不是 TLS，而是明文 HTTP：地址应以 http:// 开头",
  "tls-says": (line) => `对方使用的不是 TLS，它发来了 ${line}；请试试不用 TLS`,
  "tls-without": () => "对方使用的不是 TLS；请试试不用 TLS",
  "tls-asks": () => "对方要求客户端证书；用 --cert 和 --key 提供",
  "tls-ended": () => "对方在握手期间断开了连接",
  "tls-refuses": (alert) => `对方拒绝了我们的证书（alert ${alert}）`,
  "tls-alert": (what, alert) => `${what}（alert ${alert}）`,
  "tls-over": () => "对方结束了 TLS",
  "tls-refused": () => "对方拒绝了握手",
  "tls-refuses-expired": () => "对方拒绝了我们的证书：已过期",
  "tls-unknown-ca": () => "对方不认识签发我们证书的机构",
  "tls-version": () => "双方没有共同支持的 TLS 版本",
  "tls-name": () => "对方没有我们请求的主机名",
};
