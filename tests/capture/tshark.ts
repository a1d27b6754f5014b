/** What Wireshark's terminal program makes of a file. */

import { assertEquals } from "@std/assert";
import { tool } from "../support/harness.ts";

/** Runs tshark; it must have nothing to complain of. */
export async function tshark(path: string, args: readonly string[]): Promise<string> {
  const checked = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
  const { stdout, stderr } = await tool("tshark", ["-n", ...checked, "-r", path, ...args]).ends(0);
  // It warns of running as root, whatever the file is.
  assertEquals(stderr.replace(/^Running as user "root".*\n/, ""), "");
  return stdout;
}

/** All bytes of each direction of streams, in hex, as `-z follow,tcp,raw,N` gives them. */
export async function follow(path: string, streams: number, kind = "tcp"): Promise<{ up: string; down: string }[]> {
  const numbers = Array.from({ length: streams }, (_, i) => ["-z", `follow,${kind},raw,${i}`]);
  const output = await tshark(path, ["-q", ...numbers.flat()]);
  // tshark prints what was asked for last first.
  const parts = output.split(/^=+\n/m).filter((part) => part.startsWith("Follow: "));
  const byNumber = new Map(parts.map((part) => [Number(/stream eq (\d+)/.exec(part)?.[1]), part.split("\n").slice(4)]));
  return numbers.map((_, i) => {
    const lines = byNumber.get(i) ?? [];
    const join = (down: boolean) =>
      lines.filter((line) => line.startsWith("\t") === down).join("").replaceAll("\t", "");
    return { up: join(false), down: join(true) };
  });
}

/** Fields of every packet, one row each. */
export async function fields(path: string, names: readonly string[], filter = ""): Promise<string[][]> {
  const args = ["-T", "fields", ...names.flatMap((name) => ["-e", name]), ...(filter === "" ? [] : ["-Y", filter])];
  return (await tshark(path, args)).split("\n").slice(0, -1).map((line) => line.split("\t"));
}
