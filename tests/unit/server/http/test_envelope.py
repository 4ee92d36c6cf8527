"""Envelopes, the key, the list, and the calls about the model."""

from __future__ import annotations

import statistics
import time

import httpx
import pytest

from components.server.http.timestamps import iso
from tests.support.tiny_engines import TinyEngine
from tests.support.v3_server import MODEL, SMALL, serving

LIST = "/api/v3/predictions"
BILL = "/api/v3/billings/search"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/v3/nothing", 404),
        ("POST", "/api/v3/stability-ai/sdxl", 404),
        ("GET", "/api/v3/models/", 404),
        ("GET", "/api/v3/predictions/unknown", 404),
        ("GET", "/api/v3/predictions/unknown/result", 404),
        ("DELETE", "/api/v3/predictions/unknown", 404),
        ("GET", MODEL, 405),
        ("PUT", "/api/v3/models", 405),
        ("GET", "/uploads/tickets/x", 405),
        ("PUT", "/uploads/tickets/x", 404),
    ],
)
def test_every_refusal_has_an_envelope(caller, method, path, status):
    assert caller.refused(caller.http.request(method, path))[:2] == (status, status)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"seed": NaN}', b"[" * 100_000, b"9" * 5000]
)
@pytest.mark.parametrize("path", [MODEL, LIST, "/api/v3/model/price", f"{LIST}/delete", "/api/v3/media/uploads"])
def test_malformed_json(caller, path, body):
    assert caller.refused(caller.http.post(path, content=body))[:2] == (400, 400)


def test_a_crash_has_an_envelope_and_no_traceback(tmp_path, capfd):
    with serving(TinyEngine(), tmp_path) as caller:
        made = caller.submit(enable_sync_mode=True, enable_base64_output=True)
        [output] = (tmp_path / "outputs").iterdir()
        output.unlink()
        response = caller.http.get(f"{LIST}/{made['id']}")
    assert caller.refused(response) == (500, 500, "The server failed on this request.")
    capfd.readouterr()


def test_the_key(tmp_path):
    with serving(TinyEngine(), tmp_path, key="secret") as caller:
        assert caller.data(caller.http.get("/api/v3/balance")) == {"balance": 0.0}
        for sent in ("", "secret", "Bearer", "Bearer secre", "Bearer secret2", "Basic secret", "Bearer é"):
            response = caller.http.get("/api/v3/models", headers={b"Authorization": sent.encode("latin-1")})
            assert caller.refused(response)[:2] == (401, 401)
        with httpx.Client(base_url=caller.base) as bare:
            assert bare.post(MODEL, json=SMALL).status_code == 401
            assert bare.get("/api/v3/nothing").status_code == 401
            done = caller.submit(enable_sync_mode=True)
            assert bare.get(done["outputs"][0]).status_code == 200


def test_without_a_key_every_bearer_passes(caller):
    for sent in ({}, {"Authorization": "Bearer anything"}):
        assert caller.http.get("/api/v3/models", headers=sent).status_code == 200


def test_models(caller):
    [model] = caller.data(caller.http.get("/api/v3/models"))
    assert (model["model_id"], model["base_price"]) == ("stability-ai/sdxl-lora", 0)
    assert (model["x-free"], model["x-cancellable"]) == (True, True)
    [schema] = model["api_schema"]["api_schemas"]
    assert (schema["type"], schema["method"], schema["api_path"]) == ("model_run", "POST", MODEL)
    request = schema["request_schema"]
    assert request["required"] == ["prompt"]
    assert set(request["x-order-properties"]) == set(request["properties"])
    facts = request["properties"]
    assert facts["num_inference_steps"] == {
        "type": "integer",
        "description": "How many steps the picture is refined in.",
        "default": 28,
        "minimum": 1,
        "maximum": 50,
    }
    assert facts["refine"]["enum"] == ["no_refiner", "expert_ensemble_refiner", "base_image_refiner"]
    assert facts["loras"]["maxItems"] == 4
    assert facts["loras"]["items"]["required"] == ["path", "scale"]
    assert all("description" in fact and "type" in fact for fact in facts.values())


def test_the_schema_tells_the_truth(caller):
    """Each number's limits are accepted, and what lies just outside them is refused."""
    [model] = caller.data(caller.http.get("/api/v3/models"))
    facts = model["api_schema"]["api_schemas"][0]["request_schema"]["properties"]
    numbers = {name: fact for name, fact in facts.items() if fact["type"] in ("number", "integer")}
    assert len(numbers) == 6
    for name, fact in numbers.items():
        for value in (fact["minimum"], fact["maximum"]):
            exact = int(value) if fact["type"] == "integer" else value
            assert caller.submit(**{name: exact})["id"]
        for value in (fact["minimum"] - 1, fact["maximum"] + 1):
            assert caller.refuse(**{name: int(value)})[1] == 1401


def test_price(caller):
    asked = {"model_id": "stability-ai/sdxl-lora", "inputs": SMALL}
    quote = caller.data(caller.http.post("/api/v3/model/price", json=asked))
    assert (quote["price"], quote["discounted_price"], quote["currency"]) == (0, 0, "USD")
    for wrong, status in (({"model_id": "x/y"}, 404), ({}, 400), (asked | {"inputs": []}, 400)):
        assert caller.refused(caller.http.post("/api/v3/model/price", json=wrong))[0] == status


def test_the_bill_is_empty_after_a_picture_too(caller):
    caller.submit()
    search = {"page": 1, "page_size": 100, "prediction_uuids": ["x"], "start_time": "0"}
    assert caller.data(caller.http.post(BILL, json=search)) == {"page": 1, "total": 0, "items": []}


@pytest.mark.parametrize("body", [{}, {"page": 1}, {"page": 0, "page_size": 10}, {"page": 1, "page_size": 101}])
def test_the_bill_wants_a_page_and_its_size(caller, body):
    assert caller.refused(caller.http.post(BILL, json=body))[0] == 400


def test_the_list(tmp_path):
    with serving(TinyEngine(), tmp_path) as caller:

        def ids(**filters):
            page = caller.data(caller.http.post(LIST, json=filters))
            return [item["id"] for item in page["items"]], page["total"], page["page"]

        before = iso(time.time_ns() // 1_000_000)
        made = [caller.end(caller.submit(prompt=word)["id"]) for word in ("a", "b", "refuse")]
        newest = [one["id"] for one in reversed(made)]
        assert ids() == (newest, 3, 1)
        assert ids(page=2, page_size=2) == (newest[2:], 3, 2)
        assert ids(page=3, page_size=2) == ([], 3, 3)
        assert ids(status="failed") == (newest[:1], 1, 1)
        assert ids(status="completed", model="stability-ai/sdxl-lora")[1] == 2
        assert ids(model="x/y")[1] == 0
        assert ids(created_after=before, created_before=made[0]["created_at"])[0][-1] == made[0]["id"]
        assert ids(created_after=iso(time.time_ns() // 1_000_000 + 60_000))[1] == 0
        assert ids(created_before=before.replace("Z", "+00:00"), status="failed")[1] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"page": 0}, "page"),
        ({"page": "1"}, "page"),
        ({"page_size": 101}, "page_size"),
        ({"page_size": True}, "page_size"),
        ({"status": 5}, "status"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_before": 5}, "created_before"),
    ],
)
def test_bad_filters_are_named(caller, body, field):
    status, code, message = caller.refused(caller.http.post(LIST, json=body))
    assert (status, code) == (400, 1401)
    assert message.startswith(f"{field} must be")


def test_delete_wants_a_list(caller):
    assert caller.refused(caller.http.post(f"{LIST}/delete", json={"ids": "x"}))[1] == 1401
    assert caller.data(caller.http.post(f"{LIST}/delete", json={"ids": []})) == {"deleted_count": 0}


def test_answers_take_a_few_milliseconds(caller):
    """Without TCP_NODELAY each takes over 40."""
    made = caller.submit()
    took: list[float] = []
    for _ in range(50):
        began = time.perf_counter()
        caller.query(made["id"])
        took.append(time.perf_counter() - began)
    assert statistics.median(took) < 0.03
