"""A door on loopback between two programs: what passes it can be read, held up or cut by whoever makes one."""

from __future__ import annotations

import asyncio
from typing import Self

from sqlalchemy import make_url


class Proxy:
    """Listens on 127.0.0.1 (`port`) and passes everything on to `upstream`; subclasses say by which kind of link."""

    def __init__(self, host: str, port: int) -> None:
        self.upstream = (host, port)
        self.port = 0
        self.links: set[Link] = set()
        self._is_open = True

    def link(self) -> Link:
        """Make what one connection goes through."""
        return Link(self)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(self.link, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for link in list(self.links):
            link.cut()
        await asyncio.gather(*(link.connecting for link in self.links), return_exceptions=True)
        await asyncio.sleep(0)  # what was cut is closed in the loop's next round
        await self._server.wait_closed()

    @property
    def is_open(self) -> bool:
        """Whether the server can be reached; closing cuts every connection."""
        return self._is_open

    @is_open.setter
    def is_open(self, is_open: bool) -> None:
        self._is_open = is_open
        if not is_open:
            self.cut()

    def cut(self) -> None:
        """Hang up on every connection that there is."""
        for link in list(self.links):
            link.cut()

    def url_for(self, url: str) -> str:
        """Return a database login's URL by way of the proxy; without TLS, which nobody in between can read."""
        proxied = make_url(url).set(host="127.0.0.1", port=self.port).update_query_dict({"sslmode": "disable"})
        return proxied.render_as_string(hide_password=False)


class Link(asyncio.Protocol):
    """One connection, from the caller's side. `asked` and `answered` get what comes from the two sides."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self._client: asyncio.Transport | None = None
        self._server: asyncio.Transport | None = None
        self._said_early = b""

    def asked(self, data: bytes) -> None:
        """Pass on what the caller says."""
        self.tell_server(data)

    def answered(self, data: bytes) -> None:
        """Pass on what the server says."""
        self.tell_client(data)

    def tell_server(self, data: bytes) -> None:
        assert self._server is not None, "nobody is asked before"
        self._server.write(data)

    def tell_client(self, data: bytes) -> None:
        assert self._client is not None, "nobody asked otherwise"
        self._client.write(data)

    def cut(self) -> None:
        """Hang up on both sides."""
        for side in (self._client, self._server):
            if side is not None:
                side.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._client = transport
        self.proxy.links.add(self)
        self.connecting = asyncio.ensure_future(self._connect())

    def data_received(self, data: bytes) -> None:
        if self._server is None:
            self._said_early += data
        else:
            self.asked(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.cut()
        self.proxy.links.discard(self)

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: _Back(self), *self.proxy.upstream)
        except OSError:  # nobody is there, and so the caller finds nobody either
            self.cut()

    def connected(self, server: asyncio.Transport) -> None:
        """The server is there: tell it what was said in the meantime."""
        self._server = server
        assert self._client is not None, "we are asked to connect by it"
        if self._client.is_closing() or not self.proxy.is_open:
            self.cut()
        elif self._said_early:
            said, self._said_early = self._said_early, b""
            self.asked(said)


class _Back(asyncio.Protocol):
    """The same connection from the server's side."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._link.connected(transport)

    def data_received(self, data: bytes) -> None:
        self._link.answered(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._link.cut()
