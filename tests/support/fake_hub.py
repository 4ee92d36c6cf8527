"""Fake Hugging Face Hub on loopback: the part of its API that `huggingface_hub` uses."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """Server of repositories by name, each a mapping of files; it records requests and downloads."""

    def __init__(self, repositories: dict[str, dict[str, bytes]]) -> None:
        self.repositories = repositories
        self.fetched: list[str] = []
        self.repositories_fetched: list[tuple[str, str]] = []
        """Repository and file of each download."""
        self.requests: list[str] = []
        """Method and path of each request."""
        self.authorizations: set[str | None] = set()
        """Authorization headers that arrived, None for a request without one."""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self, with_body=True)

            def do_HEAD(self) -> None:
                hub.answer(self, with_body=False)

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, *, with_body: bool) -> None:
        self.authorizations.add(request.headers.get("authorization"))
        self.requests.append(f"{request.command} {request.path}")
        parts = [unquote(part) for part in urlsplit(request.path).path.split("/") if part]
        if parts[:2] == ["api", "models"]:
            return self._describe(request, "/".join(parts[2:4]), parts[4:5])
        files = self.repositories.get("/".join(parts[:2]), {})
        name = "/".join(parts[4:])
        if parts[2:3] != ["resolve"] or name not in files:
            return _send(request, 404, b"{}", {"X-Error-Code": "EntryNotFound" if files else "RepoNotFound"})
        self.fetched += [name] if with_body else []
        self.repositories_fetched += [("/".join(parts[:2]), name)] if with_body else []
        etag = f'"{hashlib.sha1(files[name], usedforsecurity=False).hexdigest()}"'
        _send(request, 200, files[name], {"ETag": etag, "X-Repo-Commit": COMMIT}, with_body=with_body)

    def _describe(self, request: BaseHTTPRequestHandler, name: str, what: list[str]) -> None:
        files = self.repositories.get(name)
        if files is None:
            return _send(request, 404, b"{}", {"X-Error-Code": "RepoNotFound"})
        if what == ["tree"]:
            description: object = [
                {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                for path, data in files.items()
            ]
        else:
            description = {"id": name, "sha": COMMIT, "siblings": [{"rfilename": path} for path in files]}
        _send(request, 200, json.dumps(description).encode(), {"Content-Type": "application/json"})


def _send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str], *, with_body: bool = True
) -> None:
    request.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        request.send_header(name, value)
    request.end_headers()
    if with_body and request.command != "HEAD":
        request.wfile.write(body)
