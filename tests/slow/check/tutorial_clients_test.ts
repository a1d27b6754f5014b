/** What `check` says about the clients of the socket tutorials. */

import { judgeAgain, testTutorial } from "../../support/check/tutorial.ts";

testTutorial(
  "the client that asks once",
  { fail: "1 4", unknown: "2 3 6 7 8" },
  () => judgeAgain("reply_client.py", "client/reply"),
);

testTutorial(
  "the client whose questions are typed",
  // It waits for its keyboard, and has to be ended by hand.
  { fail: "1", unknown: "2 3 4 5 6 7 8" },
  () => judgeAgain("typed_client.py", "client/reply", "问题\n再问\n"),
);
