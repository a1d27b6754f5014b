/**
 * The programs of `--explain chat/…`: functions of a chat server. `serve` runs in a thread for each client, `members` are the
 * connections of all.
 *
 * @module
 */

import type { Code } from "./skeleton.ts";

const HEAD = `from threading import Lock

members, lock = set(), Lock()
`;

const BROADCAST = `${HEAD}
def broadcast(line, sender):
    with lock:  # one line at a time, in one order for all
        for member in list(members):
            try:
                if member is not sender:
                    member.sendall(line)
            except OSError:
                members.discard(member)  # gone: no line for it`;

const SERVE = `def serve(conn):
    with lock:
        members.add(conn)
    try:
        with conn, conn.makefile("rb") as lines:
            for line in lines:  # whole lines, but perhaps the last
                broadcast(line.rstrip(b"\\r\\n") + b"\\n", conn)
    except OSError:
        pass  # reset: the same as leaving
    finally:
        with lock:
            members.discard(conn)`;

/** The wrong members get a line. */
export const HEARERS: Code = {
  wrong: `members = []

def broadcast(line, sender):
    for member in members:
        member.sendall(line)  # the sender hears itself`,
  right: BROADCAST,
};

/** recv() is taken for a line. */
export const RECV_IS_LINE: Code = {
  wrong: `def serve(conn):
    members.add(conn)
    while data := conn.recv(1024):  # half a line, or two
        broadcast(data, conn)`,
  right: SERVE,
};

/** A thread for each line. */
export const UNORDERED: Code = {
  wrong: `from threading import Thread

def broadcast(line, sender):
    for member in members - {sender}:
        Thread(target=member.sendall, args=(line,)).start()`,
  right: BROADCAST,
};

/** A collection changes while it is walked. */
export const CHANGED_WHILE_WALKED: Code = {
  wrong: `def broadcast(line, sender):
    for member in members:
        try:
            member.sendall(line)
        except OSError:
            members.remove(member)  # and the loop goes on with it`,
  right: BROADCAST,
};

/** One dead member stops the sender. */
export const DEAD_MEMBER: Code = {
  wrong: `def broadcast(line, sender):
    for member in members - {sender}:
        member.sendall(line)  # raises for a dead one: the rest miss it`,
  right: BROADCAST,
};

/** A member that does not read stops all. */
export const STUCK_READER: Code = {
  wrong: `def broadcast(line, sender):
    with lock:
        for member in members - {sender}:
            member.sendall(line)  # waits until a stuck one reads`,
  right: `from contextlib import suppress
from queue import Full
from threading import Lock

outboxes, lock = {}, Lock()  # for each connection a Queue(1000) and
# a thread of its own that does conn.sendall(outbox.get())

def broadcast(line, sender):
    with lock:
        for conn in outboxes.keys() - {sender}:
            try:
                outboxes[conn].put_nowait(line)  # never waits
            except Full:
                with suppress(OSError):
                    conn.shutdown(2)  # too slow: its threads end`,
};

/** A name stands before bytes, not before lines. */
export const FORGED: Code = {
  wrong: `def serve(conn, name):
    while data := conn.recv(1024):
        broadcast(name + b": " + data, conn)  # two lines, one name`,
  right: `def serve(conn, name):
    with conn, conn.makefile("rb") as lines:
        for line in lines:
            for part in line.splitlines():  # "\\r" ends a line, too
                text = bytes(byte for byte in part if byte >= 32)
                broadcast(name + b": " + text + b"\\n", conn)`,
};

/** Two members have the same name. */
export const SAME_NAME: Code = {
  wrong: `names = {}

def join(conn, name):
    names[conn] = name  # even if another has it`,
  right: `from threading import Lock

names, lock = {}, Lock()

def join(conn, name):
    with lock:  # look and take in one step
        if not name or name in names.values():
            return False
        names[conn] = name
        return True`,
};

/** Threads share a collection without a lock. */
export const NO_LOCK: Code = {
  wrong: `def broadcast(line, sender):
    for member in members:  # RuntimeError when another thread adds one
        if member is not sender:
            member.sendall(line)`,
  right: BROADCAST,
};

/** Half a line stays where the next one comes. */
export const HALF_LINE: Code = {
  wrong: `def serve(conn):
    with conn, conn.makefile("rb") as lines:
        for line in lines:
            broadcast(line, conn)  # the last one has no newline
    members.discard(conn)`,
  right: SERVE,
};
