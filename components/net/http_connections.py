"""Connections of a server of ours, bounded in time and number: uvicorn alone holds a silent one open for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from components.net.addresses import Address, parse_address, subscriber_of
from components.net.proxies import Proxies

HEAD_BYTES = 32 * 1024
"""Largest head of a request: its line and its headers, cookies included."""
_HEAD_END = b"\r\n\r\n"
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain\r\nContent-Length: 38\r\n"
    b"Connection: close\r\n\r\nThe headers or cookies are too large.\n"
)


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """Bounds of a server's connections."""

    per_address: int
    """Open connections of one client."""
    per_proxy: int
    """Open connections of one proxy, behind which are many clients."""
    in_all: int
    """Open connections of everybody."""
    head_seconds: float = 30.0
    """Time for a request's head, from the begin of the connection, or of the head, to the head's end."""
    unread_seconds: float = 60.0
    """Time in which a client must read on in an answer of which its side takes no more."""
    stalled_seconds: float = 5.0
    """Time without a byte after which an unfinished request makes room for another connection."""


class OpenConnections:
    """Open connections by address, and the protocol of new ones; used on one event loop."""

    def __init__(self, bounds: ConnectionBounds, proxies: Proxies) -> None:
        self.bounds, self._proxies = bounds, proxies
        self._by_address: dict[str, dict[BoundedConnection, None]] = {}
        """Connections of each address, the oldest first."""
        self._all: dict[BoundedConnection, None] = {}

    def protocol(self, **arguments: Any) -> BoundedConnection:
        """Return the protocol of a new connection, with uvicorn's arguments."""
        return BoundedConnection(self, **arguments)

    def add(self, connection: BoundedConnection) -> bool:
        """Count a connection; return False when its address, or everybody, has too many of which none can be closed.

        An idle one is closed for it, or one whose request has stalled: a flood of connections that send nothing, or no
        end, keeps no one out.
        """
        same = self._by_address.get(connection.address, {})
        if len(same) >= self._most(connection.peer) and not self._has_closed_one(same):
            return False
        if len(self._all) >= self.bounds.in_all and not self._has_closed_one(self._all):
            return False
        # Looked up again: with its last connection an address is forgotten.
        self._by_address.setdefault(connection.address, {})[connection] = None
        self._all[connection] = None
        return True

    def remove(self, connection: BoundedConnection) -> None:
        """Count a connection no more, if it was counted."""
        self._all.pop(connection, None)
        same = self._by_address.get(connection.address, {})
        same.pop(connection, None)
        if not same:
            self._by_address.pop(connection.address, None)

    def _has_closed_one(self, connections: Iterable[BoundedConnection]) -> bool:
        """Close an idle connection, else the one whose request has stalled for longest; return False without any."""
        found = next((one for one in connections if one.is_awaiting_head), None)
        if found is None:
            oldest = min((one for one in connections if one.is_awaiting_body), key=_last_byte, default=None)
            found = oldest if oldest and oldest.silence >= self.bounds.stalled_seconds else None
        if found:
            found.abort()
        return found is not None

    def _most(self, peer: Address | None) -> int:
        is_proxy = peer is not None and self._proxies.believes(peer)
        return self.bounds.per_proxy if is_proxy else self.bounds.per_address


class BoundedConnection(H11Protocol):
    """uvicorn's protocol for HTTP/1.1, which ends connections that send no request or read no answer."""

    def __init__(self, open_connections: OpenConnections, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._open, self._bounds = open_connections, open_connections.bounds
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self.last_byte = self.loop.time()
        """Time, by the event loop, at which it sent something last."""
        self.peer: Address | None = None
        self.address = ""
        """Under which it is counted."""

    @property
    def is_awaiting_head(self) -> bool:
        """Return whether no request is under way: none has come, or the last one is answered."""
        return self.conn.their_state is h11.IDLE

    @property
    def is_awaiting_body(self) -> bool:
        """Return whether the head of a request has come, and not all of its body."""
        return self.conn.their_state is h11.SEND_BODY

    @property
    def silence(self) -> float:
        """Return the seconds since the last byte came."""
        return self.loop.time() - self.last_byte

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; end at once when the address has too many."""
        super().connection_made(transport)
        self.peer = parse_address(self.client[0]) if self.client else None
        self.address = subscriber_of(self.peer) if self.peer else ""
        if self._open.add(self):
            self._watch_head()
        else:
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        self.last_byte = self.loop.time()
        # h11 counts only what it has to keep: one packet may hold a head of any size.
        if self.is_awaiting_head and len(data) > HEAD_BYTES and _HEAD_END not in data[:HEAD_BYTES]:
            self.transport.write(_TOO_LARGE)
            self.transport.close()
            return
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        """Wait for the next request, for as long as uvicorn keeps a connection alive."""
        super().on_response_complete()
        # What is left of the answer need not be more than the buffer that pauses the app.
        if self.transport.get_write_buffer_size():
            self._watch_unread()

    def pause_writing(self) -> None:
        """Wait for the client to read on."""
        super().pause_writing()
        self._watch_unread()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._unread_timer = _cancelled(self._unread_timer)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        self._open.remove(self)
        self._head_timer, self._unread_timer = _cancelled(self._head_timer), _cancelled(self._unread_timer)

    def abort(self) -> None:
        """Close at once, whatever is not sent yet."""
        self._open.remove(self)
        self.transport.abort()

    def _should_upgrade(self) -> bool:
        # No part of the app speaks another protocol; uvicorn would log a warning for each such request.
        return False

    def _watch_head(self) -> None:
        if not self.is_awaiting_head:
            self._head_timer = _cancelled(self._head_timer)
        # Not set anew by each byte: a head that drips would never end.
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self._bounds.head_seconds, self.abort)

    def _watch_unread(self) -> None:
        if self._unread_timer is None:
            self._unread_timer = self.loop.call_later(self._bounds.unread_seconds, self._end_unread)

    def _end_unread(self) -> None:
        self._unread_timer = None
        if self.transport.get_write_buffer_size():
            self.abort()


def _last_byte(connection: BoundedConnection) -> float:
    return connection.last_byte


def _cancelled(timer: asyncio.TimerHandle | None) -> None:
    if timer:
        timer.cancel()
