"""Reads lines with asyncio's readline(), which by default takes none longer than 64 KiB: a longer one ends the connection."""
import asyncio

import server


async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(b"Received: " + line)
        await writer.drain()
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_task((await asyncio.start_server(handle, sock=server.listener())).serve_forever())


asyncio.run(main())
