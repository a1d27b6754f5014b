"""Plays both ends of many connections at once: random bytes in random pieces both ways, random half-closes and resets.

usage: random_streams.py COUNT SEED
Prints the port of its server, and reads the port that its clients connect to: the same one, or that of a relay. Prints one line for
each connection in the order of their seeds: what each end received, as a digest, and how it ended.

A reset destroys what its peer has not read, so an end resets only when both have all that they will get. Each end says first which
conversation it belongs to.
"""
import asyncio
import hashlib
import random
import socket
import struct
import sys

COUNT, SEED = int(sys.argv[1]), int(sys.argv[2])
AT_ONCE = 50
SIZES = [0, 1, 2, 100, 5_000, 70_000, 300_000]


class Conversation:
    def __init__(self, number):
        dice = random.Random(SEED * 1_000_003 + number)
        self.number = number
        self.sends = [dice.randbytes(dice.randint(0, dice.choice(SIZES))) for _ in range(2)]
        self.dice = [random.Random(dice.random()) for _ in range(2)]
        self.resets = dice.choice([None, None, 0, 1])
        # An end that waits speaks only after the other one's FIN.
        self.waits = dice.choice([None, 0, 1]) if self.resets is None else None
        self.whole = [asyncio.Event(), asyncio.Event()]
        self.results = [None, None]


async def speak(reader, writer, talk, end):
    try:
        data, dice = talk.sends[end], talk.dice[end]
        if end == 0:
            writer.write(struct.pack(">I", talk.number))

        async def send():
            if talk.waits == end:
                await talk.whole[end].wait()
            at = 0
            while at < len(data):
                size = dice.choice([1, 10, 1_000, 20_000, 100_000]) if at < 100_000 else 100_000
                writer.write(data[at:at + size])
                await writer.drain()
                at += size
            if talk.resets is None:
                writer.write_eof()

        sending = asyncio.create_task(send())
        digest, count, how = hashlib.sha256(), 0, "FIN"
        expected = len(talk.sends[1 - end])
        if talk.resets is not None and expected == 0:
            talk.whole[end].set()
        resetting = asyncio.create_task(reset_when_all_came(writer, talk, sending)) if talk.resets == end else None
        try:
            while part := await reader.read(dice.choice([10, 4_096, 65_536])):
                digest.update(part)
                count += len(part)
                if talk.resets is not None and count == expected:
                    talk.whole[end].set()
        except ConnectionResetError:
            how = "reset"
        if resetting:
            await resetting
            how = "its own reset"
        talk.whole[end].set()
        await asyncio.gather(sending, return_exceptions=True)
        talk.results[end] = f"{count} {digest.hexdigest()[:16]} {how}"
    finally:
        writer.close()


async def reset_when_all_came(writer, talk, sending):
    await asyncio.gather(sending, *(event.wait() for event in talk.whole))
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main():
    talks = [Conversation(number) for number in range(COUNT)]
    done = [asyncio.Event() for _ in talks]

    async def serve(reader, writer):
        (number,) = struct.unpack(">I", await reader.readexactly(4))
        await speak(reader, writer, talks[number], 1)
        done[number].set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    port = int(await asyncio.to_thread(sys.stdin.readline))
    slots = asyncio.Semaphore(AT_ONCE)

    async def call(talk):
        async with slots:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.wait_for(speak(reader, writer, talk, 0), 30)
            await asyncio.wait_for(done[talk.number].wait(), 30)

    failures = await asyncio.gather(*(call(talk) for talk in talks), return_exceptions=True)
    for talk, failure in zip(talks, failures):
        print(talk.number, *talk.results, repr(failure or ""), sep=" | ")


asyncio.run(main())
