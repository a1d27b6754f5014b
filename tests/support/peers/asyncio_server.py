"""Serves with asyncio's streams: an answer takes its time, and the end of what a client sends closes the connection.

usage: asyncio_server.py HOST PORT PAUSE_SECONDS
"""
import asyncio
import sys

host, port, pause = sys.argv[1:]


async def answer(data, writer):
    await asyncio.sleep(float(pause))
    writer.write(b"answer to " + data)


async def serve(reader, writer):
    tasks = []
    while data := await reader.read(1024):
        tasks.append(asyncio.create_task(answer(data, writer)))
    for task in tasks:
        task.cancel()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, host, int(port))
    print("port", server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
