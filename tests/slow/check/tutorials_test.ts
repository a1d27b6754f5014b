/** What `check` says about the servers of the socket tutorials. */

import { judgeAgain, judgeServer, testTutorial } from "../../support/check/tutorial.ts";

testTutorial(
  "the server that replies once and ends",
  { unknown: "2 3 4 5 6 7 8 9 10" },
  () => judgeServer("reply_once_server.py", "reply"),
);

// What is not text in UTF-8 ends the program; what it has not read when it closes makes a reset.
testTutorial(
  "the server that replies once, in a loop",
  { weak: "8 10", unknown: "2 3 4 5 6" },
  () => judgeAgain("reply_once_server.py", "reply"),
);

testTutorial(
  "the server that replies once to each client",
  { weak: "4 10", fail: "8", unknown: "2 3 5" },
  () => judgeServer("reply_loop_server.py", "reply"),
);

testTutorial(
  "the server whose replies are typed",
  { unknown: "1 2 3 4 5 6 7 8 9 10" },
  () => judgeServer("typed_server.py", "reply"),
);

// After its first client has left it spins; `nice` keeps it from slowing the other tests.
testTutorial(
  "the group chat",
  { fail: "4", unknown: "5 6 7 8 9 10", any: "2 3" },
  () => judgeServer("chat_server.py", "chat", { via: `exec nice -n 10 "$@"` }),
);

testTutorial("the UDP server", {}, () => judgeServer("udp_server.py", "udp"));
