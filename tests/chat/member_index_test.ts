import { assertEquals, assertStrictEquals } from "@std/assert";
import { LineMember } from "../../lib/chat/member.ts";
import { MemberIndex } from "../../lib/chat/member_index.ts";
import { FakePeer } from "../support/modes.ts";

/** A member with a name. */
function member(id: number, name: string): LineMember {
  const made = new LineMember(new FakePeer(id), { encoding: "utf-8", whole: false });
  made.name = name;
  return made;
}

Deno.test("MemberIndex has members in the order of their coming, and finds them by name in any spelling", () => {
  const index = new MemberIndex();
  const [ann, bob] = [member(1, "Ann"), member(2, "Bob")];
  for (const one of [bob, ann]) index.add(one);
  assertEquals(index.members, [bob, ann]);
  for (const name of ["Bob", "bOB", "ＢＯＢ"]) assertStrictEquals(index.find(name), bob);
  assertEquals(index.find("Cid"), undefined);
});

Deno.test("MemberIndex forgets a member once", () => {
  const index = new MemberIndex();
  const ann = member(1, "Ann");
  index.add(ann);
  assertEquals([index.remove(ann), index.remove(ann)], [true, false]);
  assertEquals([index.members, index.find("Ann")], [[], undefined]);
});

Deno.test("MemberIndex knows a renamed member by its new name alone", () => {
  const index = new MemberIndex();
  const ann = member(1, "Ann");
  index.add(ann);
  index.rename(ann, "Bea");
  assertEquals([ann.name, index.find("bea"), index.find("Ann")], ["Bea", ann, undefined]);
  index.rename(ann, "BEA");
  assertEquals([ann.name, index.find("bea")], ["BEA", ann]);
});

Deno.test("MemberIndex does not know a member again that is renamed after it has left", () => {
  const index = new MemberIndex();
  const [ann, other] = [member(1, "Ann"), member(2, "Ann")];
  index.add(ann);
  index.remove(ann);
  index.add(other);
  index.rename(ann, "Bea");
  assertEquals([ann.name, index.find("Bea"), index.find("Ann")], ["Bea", undefined, other]);
});

Deno.test("MemberIndex keeps names of participants without a connection, too", () => {
  const index = new MemberIndex();
  const operator = { name: "operator", send: () => true };
  index.addName(operator);
  assertEquals([index.find("OPERATOR"), index.members], [operator, []]);
  assertEquals([index.removeName({ ...operator }), index.find("operator")], [false, operator]);
  assertEquals([index.removeName(operator), index.removeName(operator)], [true, false]);
});
