/** Captures of tcpdump and Wireshark, made from real traffic between two programs on a loopback of their own. */

import { assertEquals } from "@std/assert";
import { explore } from "../../capture/read.ts";
import { inFolder } from "../../capture/files.ts";
import { linux, needs, tool } from "../../support/harness.ts";

/**
 * Captures an echo of 100,000 bytes into the file `capture`; the words are those of the program that captures. Its namespace needs
 * no root; root has to keep its number, or tcpdump could not become `root`.
 */
const ECHO = `
set -e
ip link set lo up
"$@" 2>log & capturer=$!
trap 'kill $capturer 2>/dev/null || true' EXIT
until grep -Eq 'listening on|File:' log; do kill -0 $capturer; sleep 0.02; done
socat -t 10 TCP-LISTEN:9000,reuseaddr EXEC:cat &
head -c 100000 /dev/urandom >sent
socat -t 10 - TCP:127.0.0.1:9000,retry=500,interval=0.02 <sent >got
cmp sent got
# What comes last is in the file: so is all before it, which would be lost with the program.
until grep -q 'the last word' capture; do echo 'the last word' | socat -u - UDP:127.0.0.1:9 || true; sleep 0.02; done
kill -INT $capturer
wait $capturer || true
`;

/** Deno tells it only with another permission. */
function isRoot(): boolean {
  return new TextDecoder().decode(new Deno.Command("id", { args: ["-u"] }).outputSync().stdout).trim() === "0";
}

const OWN_NETWORK = linux && isRoot() ? ["-n"] : ["-n", "-U", "--map-current-user", "--keep-caps"];

const PROGRAMS = ["unshare", "ip", "socat", "tcpdump", "dumpcap", "cmp"];

const mayCapture = needs(PROGRAMS).ignore === false &&
  new Deno.Command("unshare", { args: [...OWN_NETWORK, "ip", "link", "set", "lo", "up"], stderr: "null" }).outputSync()
    .success;

/** Programs that capture, by what their files are. */
const CAPTURES: readonly (readonly [name: string, words: string])[] = [
  ["pcap, microseconds, Ethernet", "tcpdump -Z root -i lo --immediate-mode -B 16384 -U -w capture"],
  [
    "pcap, nanoseconds, Linux cooked v2",
    "tcpdump -Z root -i any --time-stamp-precision nano --immediate-mode -B 16384 -U -w capture",
  ],
  ["pcap, Linux cooked v1", "tcpdump -Z root -i any -y LINUX_SLL --immediate-mode -B 16384 -U -w capture"],
  ["pcapng, two interfaces", "dumpcap -B 16 -i lo -i any -w capture"],
  ["pcap of dumpcap", "dumpcap -P -B 16 -i lo -w capture"],
];

for (const [name, words] of CAPTURES) {
  Deno.test(`a capture is read: ${name}`, needs(PROGRAMS, mayCapture), async () => {
    await inFolder(async (folder) => {
      await tool("unshare", [...OWN_NETWORK, "sh", "-c", ECHO, "sh", ...words.split(" ")], { cwd: folder }).ends(0);
      const { bytes, lines } = explore([await Deno.readFile(`${folder}/capture`)]);
      const sent = (await Deno.readFile(`${folder}/sent`)).toHex();
      // Attempts to connect before the server listened are conversations as well, and so is the last word.
      const echo = [...bytes].find(([, { down }]) => down.length > 0);
      assertEquals([echo?.[1].up === sent, echo?.[1].down === sent], [true, true], `${lines.length} lines`);
      assertEquals(lines.includes(`${echo?.[0]} close fin >`), true);
    });
  });
}

Deno.test(
  "a capture that kept 100 bytes of each packet tells how many it lacks",
  needs(PROGRAMS, mayCapture),
  async () => {
    await inFolder(async (folder) => {
      const words = "tcpdump -Z root -i lo -s 100 --immediate-mode -B 16384 -U -w capture".split(" ");
      await tool("unshare", [...OWN_NETWORK, "sh", "-c", ECHO, "sh", ...words], { cwd: folder }).ends(0);
      const { bytes, lines } = explore([await Deno.readFile(`${folder}/capture`)]);
      const gaps = lines.map((line) => Number(/^\d+ > gap (\d+)$/.exec(line)?.[1] ?? 0)).reduce(
        (sum, gap) => sum + gap,
        0,
      );
      assertEquals(Math.max(...[...bytes.values()].map(({ up }) => up.length / 2)) + gaps, 100_000);
    });
  },
);
