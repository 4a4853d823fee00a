"""An HTTP proxy that passes connections on by CONNECT, as firms have them."""

import asyncio
import contextlib
import threading
import time
from concurrent.futures import Future
from typing import Self


class ConnectProxy:
    """A proxy on a port of its own, in a thread of its own. It sees TLS, and not what is in it."""

    def __init__(self) -> None:
        self.connected: list[str] = []  # host:port of each connection asked for
        self.closed_by_client_at: list[float] = []  # `time.monotonic()`, in the order of closing

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        port: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(port)), name="proxy", daemon=True
        )
        self._thread.start()
        self.port = port.result(timeout=60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _serve(self, port: Future[int]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port.set_result(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = request.split(maxsplit=2)
        assert method == "CONNECT", request
        self.connected.append(target)
        host, _, port = target.rpartition(":")
        there, back = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        answers = asyncio.create_task(pass_on(there, writer))
        await pass_on(reader, back)
        if not answers.done():
            self.closed_by_client_at.append(time.monotonic())
        await answers


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends, and then the end."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(ConnectionError):
        writer.close()
        await writer.wait_closed()
