import { assertEquals } from "@std/assert";
import { Sessions } from "../../../lib/chat/web/sessions.ts";

/** Ends nothing. */
function quiet(): void {}

Deno.test("Sessions does not take a page for away when its older connection is over", () => {
  const sessions = new Sessions();
  let ends = 0;
  const old = sessions.enter("secret", quiet);
  const present = sessions.enter("secret", () => void ends++);
  present.lastAcknowledgedId = 5;
  sessions.exit(old, quiet);
  assertEquals([sessions.enter("secret", quiet).lastAcknowledgedId, ends], [5, 1]);
});

Deno.test("Sessions remembers nothing of pages without a secret", () => {
  const sessions = new Sessions();
  const first = sessions.enter(undefined, () => {
    throw new Error("It has no other connection");
  });
  first.lastAcknowledgedId = 7;
  assertEquals(sessions.enter(undefined, quiet).lastAcknowledgedId, -1);
  sessions.exit(first, quiet);
  assertEquals(sessions.enter(undefined, quiet).lastAcknowledgedId, -1);
});

Deno.test("Sessions forgets only pages that are away, the one that was away longest first", () => {
  const sessions = new Sessions();
  let ends = 0;
  const present = sessions.enter("present", () => void ends++);
  present.lastAcknowledgedId = 7;
  const pages = Array.from({ length: 4_097 }, (_, at) => sessions.enter(`page ${at}`, quiet));
  for (const page of pages) page.lastAcknowledgedId = 1;
  // The first to come is the last to go.
  for (const page of pages.toReversed()) sessions.exit(page, quiet);
  assertEquals(sessions.enter("page 4096", quiet).lastAcknowledgedId, -1);
  assertEquals(sessions.enter("page 0", quiet).lastAcknowledgedId, 1);
  assertEquals([sessions.enter("present", quiet).lastAcknowledgedId, ends], [7, 1]);
});

Deno.test("Sessions lets an old connection that ends end itself at once", () => {
  const sessions = new Sessions();
  const end = () => sessions.exit(old, end);
  const old = sessions.enter("secret", end);
  old.lastAcknowledgedId = 2;
  const present = sessions.enter("secret", quiet);
  assertEquals(present.lastAcknowledgedId, 2);
  sessions.exit(present, quiet);
  assertEquals(sessions.enter("secret", quiet).lastAcknowledgedId, 2);
});

Deno.test("Sessions counts what an old connection still says while the new one is there", () => {
  const sessions = new Sessions();
  const old = sessions.enter("secret", quiet);
  const present = sessions.enter("secret", quiet);
  old.lastAcknowledgedId = 4;
  assertEquals(present.lastAcknowledgedId, 4);
});
