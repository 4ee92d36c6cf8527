"""Uploads to Gradio's route and ours: how many files one form may have, and what is left of one that is broken off."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.http.raw_client import RawClient
from tests.support.app_process import AppProcess
from tests.support.waiting import wait_until

FORM = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n' + bytes(200_000)


def stored(app: AppProcess) -> list[Path]:
    return [path for path in (app.folder / "gradio").rglob("*") if path.is_file()]


@pytest.mark.parametrize(("count", "status"), [(10, 200), (11, 400), (998, 400)])
def test_a_form_has_ten_files_at_most(client: RawClient, app: AppProcess, count: int, status: int) -> None:
    before = stored(app)
    answer = client.http.post(
        "/gradio_api/upload", files=[("files", (f"{number}.png", b"x")) for number in range(count)]
    )
    assert answer.status_code == status
    added = {path for path in stored(app) if path not in before}
    assert len(added) == (count if status == 200 else 0)
    for path in added:
        path.unlink()


@pytest.mark.parametrize("length", [300, 10_000])
def test_a_form_with_a_long_boundary_is_refused(client: RawClient, app: AppProcess, length: int) -> None:
    logged, boundary = app.log.stat().st_size, "x" * length
    answer = client.http.post(
        "/gradio_api/upload",
        content=FORM.replace(b"--x", f"--{boundary}".encode()) + f"\r\n--{boundary}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status_code == 400
    assert app.log.read_bytes()[logged:] == b""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/gradio_api/upload", "multipart/form-data; boundary=x"), ("/playground/sources", "image/png")],
)
def test_an_upload_that_is_broken_off_leaves_no_file_and_no_line_in_the_log(
    client: RawClient, app: AppProcess, path: str, kind: str
) -> None:
    """Each left 2.6 kB of traceback and its part of the file once."""
    before, logged = stored(app), app.log.stat().st_size
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Playground-Visitor: {'a' * 32}\r\nContent-Type: {kind}\r\n"
    with socket.create_connection(("127.0.0.1", app.port)) as connection:
        connection.sendall(head.encode() + b"Content-Length: 9000000\r\n\r\n" + FORM)
        if path == "/gradio_api/upload":
            wait_until(lambda: stored(app) != before, "nothing was stored")
    wait_until(lambda: stored(app) == before, lambda: stored(app))
    # Served after the end of the broken one was seen: the log is complete.
    assert client.http.get("/config").status_code == 200
    assert app.log.read_bytes()[logged:] == b""
