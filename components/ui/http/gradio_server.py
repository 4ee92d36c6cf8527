"""Gradio's server with bounds of our own: its launch passes none on to uvicorn, and takes no parser of forms."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradio import route_utils
from gradio.exceptions import ServerFailedToStartError
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from uvicorn.config import Config

from components.net.http_connections import HEAD_BYTES, ConnectionBounds, OpenConnections
from components.net.open_files import raised_limit
from components.net.proxies import Proxies

MAX_UPLOADS = 10
"""Files in one form; each is an open file while the form arrives."""
_MAX_PER_ADDRESS = 2000
"""Connections of one address: as many as it may have requests open, see DEFAULT_RATES."""

_KEEP_ALIVE_SECONDS = 150
"""A proxy that reuses an idle connection just as it is closed answers 502. Caddy keeps one for 120 s, nginx for 60."""
_START_PAUSE = 0.01
"""Seconds between two looks at whether the server has started."""
_BACKLOG = 2048
"""Connections that wait to be accepted, at most: uvicorn's default."""


@contextmanager
def bounded_server(proxies: Proxies) -> Generator[None]:
    """Let the server that Gradio starts meanwhile bound its connections and the forms that it reads.

    Names of Gradio 6.31 are replaced: the class of its server for so long, the parser of its forms for good.
    """
    # As late as Gradio itself imports it: it reads the port from the environment then.
    from gradio import http_server  # noqa: PLC0415

    gradio_server = http_server.Server
    open_files = raised_limit()
    connections = OpenConnections(connection_bounds(open_files), proxies)

    class BoundedServer(gradio_server):
        """Gradio's server, with uvicorn's settings changed before they are used."""

        def __init__(self, config: Config, *arguments: Any, **named: Any) -> None:
            config.http = connections.protocol  # type: ignore[assignment]
            # As many are accepted in each of the turns of the event loop that pass before the first is counted.
            config.backlog = min(_BACKLOG, open_files // 16)
            config.timeout_keep_alive = _KEEP_ALIVE_SECONDS
            config.h11_max_incomplete_event_size = HEAD_BYTES
            # uvicorn would replace the proxy's address by the client's before ForwardedHeaders sees whose word it is.
            config.proxy_headers = False
            config.server_header = False
            super().__init__(config, *arguments, **named)

        def run_in_thread(self) -> None:
            """Start, and wait for as long as the thread lives. Raises ServerFailedToStartError when it ended.

            Gradio gives a slow start up after 5 s and starts another server beside it, in an event loop of its own.
            """
            try:
                super().run_in_thread()
            except ServerFailedToStartError:
                while not self.started:
                    if not self.thread.is_alive():
                        raise
                    time.sleep(_START_PAUSE)

    http_server.Server = BoundedServer
    route_utils.GradioMultiPartParser = BoundedForm
    try:
        yield
    finally:
        http_server.Server = gradio_server


def connection_bounds(open_files: int) -> ConnectionBounds:
    """Return the bounds for so many open files: one client takes a quarter of them, one proxy or everybody half."""
    return ConnectionBounds(min(_MAX_PER_ADDRESS, open_files // 4), open_files // 2, open_files // 2)


class BoundedForm(route_utils.GradioMultiPartParser):
    """Gradio's parser of uploads, with fewer files, and without those of an upload that was broken off."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{**named, "max_files": MAX_UPLOADS, "max_fields": MAX_UPLOADS})

    async def parse(self) -> FormData:
        """Return the form. Raises MultiPartException, and whatever reading the body raises."""
        try:
            return await super().parse()
        except FormParserError as error:
            self._discard()
            raise MultiPartException(str(error)) from error
        except BaseException:
            # Gradio does so for a form that is malformed, but not for one that ends early.
            self._discard()
            raise

    def _discard(self) -> None:
        for file in self._files_to_close_on_error:
            file.close()
            Path(file.name).unlink(missing_ok=True)
