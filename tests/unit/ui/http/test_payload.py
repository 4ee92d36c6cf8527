"""What is posted to Gradio's routes: the right shape passes byte for byte, all else is refused in one sentence."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.utils import get_upload_folder
from hypothesis import given
from hypothesis import strategies as st

from components.ui.http.payload import MAX_DEPTH, InvalidPayload, is_below, parse
from components.ui.http.payload_schema import PayloadSchema
from tests.support.posted import ASK, JOIN, SHAPES, post


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("queue/join", JOIN),
        ("queue/join", JOIN | {"trigger_id": None, "simple_format": False, "event_id": None}),
        ("component_server", ASK),
        ("component_server/", ASK | {"data": {}}),
        ("call/generate", {"data": ["a", 1]}),
        ("call/generate/", {"data": ["a", 1], "session_hash": "0-_zZ"}),
        ("call/v2/generate", {"prompt": "a", "whatever": "is for Gradio to name"}),
        ("cancel", {"session_hash": "abc", "event_id": "x", "fn_index": 4}),
        ("reset", {"event_id": "x"}),
    ],
)
async def test_the_right_shape_passes_byte_for_byte(http, path, body):
    raw = json.dumps(body, indent=3).encode()
    answer = await post(http, path, raw)
    assert answer.headers["x-reached"] == "yes"
    assert answer.content == raw


@pytest.mark.parametrize("wrong", [None, True, 1.0, "4", 5, -1, 10**30, [4], {}])
async def test_s06_an_event_is_one_of_this_page(http, wrong):
    answer = await post(http, "queue/join", JOIN | {"fn_index": wrong})
    assert (answer.status_code, answer.json()) == (422, {"error": "This page has no such event."})


@pytest.mark.parametrize("wrong", [None, "abc", {}, [], [1, 2], [1, 2, 3, 4], 3])
async def test_s06_values_are_as_many_as_the_event_takes(http, wrong):
    for path, body in (("queue/join", JOIN), ("call/generate", {})):
        wanted = 3 if path == "queue/join" else 2
        answer = await post(http, path, body | {"data": wrong if wrong != [1, 2] else [1]})
        assert (answer.status_code, answer.json()) == (422, {"error": f"data must be a list of {wanted} values."})


@pytest.mark.parametrize("wrong", [None, "", 1, [], {}, "a" * 65, "../x", "a b", "a\n", "ä"])
@pytest.mark.parametrize(("path", "body"), [("queue/join", JOIN), ("component_server", ASK), ("cancel", {})])
async def test_s06_a_session_has_a_plain_name(http, path, body, wrong):
    answer = await post(http, path, body | {"session_hash": wrong})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("session_hash must be")


@pytest.mark.parametrize("name", ["event_id", "oauth_token", "simple_format", "batched"])
async def test_s06_what_gradio_sets_itself_is_not_taken(http, name):
    assert (await post(http, "queue/join", JOIN | {name: "yes"})).status_code == 422


@pytest.mark.parametrize(
    "changed",
    [
        {"fn_name": "postprocess"},
        {"fn_name": "__init__"},
        {"fn_name": None},
        {"fn_name": ["older"]},
        {"fn_name": {}},
        {"component_id": 8},
        {"component_id": 9},
        {"component_id": "7"},
        {"component_id": 7.0},
        {"component_id": [7]},
    ],
)
async def test_s06_only_the_functions_of_the_page_are_asked(http, changed):
    answer = await post(http, "component_server", ASK | changed)
    assert (answer.status_code, answer.json()) == (422, {"error": "This page has no such function."})


@pytest.mark.parametrize("data", [None, 1, "x", [], [{}]])
async def test_s06_a_question_is_an_object(http, data):
    assert (await post(http, "component_server", ASK | {"data": data})).status_code == 422


@pytest.mark.parametrize("path", ["call/press", "call/v2/press", "call/", "call/v2/", "call/v2/a/b", "call/js_fn"])
async def test_s06_programs_call_the_public_endpoint_alone(http, path):
    assert (await post(http, path, {"data": []})).status_code == 422


@pytest.mark.parametrize("changed", [{"event_id": 1}, {"fn_index": "x"}, {"fn_index": None}])
async def test_s06_a_cancel_names_an_event(http, changed):
    body = {"session_hash": "abc", "event_id": "x", "fn_index": 4} | changed
    assert (await post(http, "cancel", body)).status_code == 422


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"NaN",
        b"\xff\xfe",
        b'{"data": NaN}',
        b'{"data": -Infinity}',
        b'{"data": 1e999}',
        b'{"data": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"data": ' + b"1" * 5000 + b"}",
        b'{"data": ' + b"[" * 20 + b"]" * 20 + b"}",
        b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
async def test_s06_what_is_no_plain_json_object_is_refused(http, raw):
    for path in ("reset", "queue/join", "call/v2/generate"):
        answer = await post(http, path, raw)
        assert answer.status_code == (413 if path == "reset" and len(raw) > 100_000 else 422)
        assert list(answer.json()) == ["error"]


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
async def test_s06_json_says_that_it_is_json(http, kind):
    answer = await http.post("/gradio_api/queue/join", content=json.dumps(JOIN), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (415, {"error": "This address takes application/json."})


async def test_s06_an_upload_is_a_form(http):
    refused = await http.post("/gradio_api/upload", json={})
    passed = await http.post("/gradio_api/upload", files={"files": b"x"})
    assert (refused.status_code, passed.status_code) == (415, 200)


async def test_what_is_not_posted_to_gradio_passes(http):
    assert (await http.get("/gradio_api/queue/join")).status_code == 200
    assert (await http.post("/login/callback", content=b"x")).status_code == 200


def file(path: Any, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}} | more


@pytest.mark.parametrize(
    "given_file",
    [
        file("/etc/passwd"),
        file("file:///etc/passwd"),
        file("http://127.0.0.1:1/x.png"),
        file("https://example.org/x.png"),
        file("data:image/png;base64,AAAA"),
        file("C:\\Windows\\win.ini"),
        file("relative.png"),
        file(""),
        file(get_upload_folder()),
        file(f"{get_upload_folder()}/../x.png"),
        file(f"{get_upload_folder()}-other/x.png"),
        file(f"{get_upload_folder()}/a\0.png"),
        file(5),
        file(None),
        file([get_upload_folder()]),
        {"path": "/etc/passwd", "url": None},
        {"path": "/etc/passwd", "orig_name": "x"},
        {"path": "/etc/passwd", "mime_type": "image/png"},
        {"path": f"{get_upload_folder()}/a/b.png", "meta": "not an object"},
    ],
)
def test_s06_s08_a_file_is_an_upload_wherever_it_stands(given_file):
    for body in ({"image": given_file}, {"data": [[1, {"deep": [given_file]}]]}):
        with pytest.raises(InvalidPayload, match="must be uploaded first"):
            parse(json.dumps(body).encode())


def test_s06_uploads_and_loras_pass():
    uploaded = file(str(Path(get_upload_folder()) / "0" / "a.png"), url="http://play.test/gradio_api/file=x", size=1)
    body = {"data": [uploaded, {"path": "nerijs/pixel-art-xl", "scale": 1}, {"path": "https://x.test/a.safetensors"}]}
    assert parse(json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    ("path", "below"),
    [("/up/a", True), ("/up/a/b", True), ("/up", False), ("/up/../etc", False), ("/up2/a", False), ("up/a", False)],
)
def test_below_a_folder(path, below):
    assert is_below(path, "/up") == below


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_any_json_is_read_as_it_is_or_refused(value):
    try:
        assert parse(json.dumps(value).encode()) == value
    except InvalidPayload:
        assert deep(value) > MAX_DEPTH or "path" in json.dumps(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw):
    try:
        assert isinstance(parse(raw), dict)
    except InvalidPayload as error:
        assert str(error)


def deep(value: Any) -> int:
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(deep, inside), default=int(isinstance(value, dict) and bool(value)))


@given(st.dictionaries(st.sampled_from([*JOIN, *ASK]), PLAIN))
def test_no_body_makes_a_check_fail_otherwise_than_in_words(body):
    for path in ("queue/join", "component_server", "call/generate", "call/v2/generate", "cancel", "reset", "else"):
        try:
            SHAPES.check_of(f"/gradio_api/{path}")(body)
        except InvalidPayload as error:
            assert str(error)


def test_shapes_are_read_from_the_page():
    def older() -> None: ...

    def event(name: str, visibility: str, inputs: int, function: Any = print) -> Any:
        return SimpleNamespace(api_name=name, api_visibility=visibility, inputs=[0] * inputs, fn=function)

    fns = {
        3: event("press", "private", 21),
        4: event("script", "private", 1, None),
        9: event("generate", "public", 14),
    }
    blocks: Any = SimpleNamespace(fns=fns, blocks={1: SimpleNamespace(server_fns=[older]), 2: SimpleNamespace()})
    assert PayloadSchema.of(blocks) == PayloadSchema(
        {3: 21, 9: 14}, {"generate": 14}, {1: frozenset({"older"}), 2: frozenset()}
    )


def test_numbers_that_no_float_holds_are_refused():
    assert math.isinf(json.loads("1e999"))
    with pytest.raises(InvalidPayload, match="too large"):
        parse(b'{"a": [1e999]}')
