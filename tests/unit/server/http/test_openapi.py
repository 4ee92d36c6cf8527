"""The server's OpenAPI description: it names every route and field, and every answer fits it."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Route

from components.domain.fields import FIELDS, field_of
from components.server.assembly import ServerLimits, assemble
from components.server.http.request import JSON_LIMIT
from components.server.tasks.demo_delay import DemoDelay
from components.server.tasks.uploads import PICTURE_LIMIT
from tests.support.tiny_engines import TinyEngine
from tests.support.v3_server import SMALL, Caller, serving

SUBMIT = "/api/v3/stability-ai/sdxl-lora"


@pytest.fixture(scope="module")
def document(caller: Caller) -> dict[str, Any]:
    return caller.http.get("/openapi.json").raise_for_status().json()


def schema_of(document: dict[str, Any], path: str, method: str, status: int) -> Draft202012Validator:
    answer = document["paths"][path][method]["responses"][str(status)]
    if reference := answer.get("$ref"):
        answer = document["components"]["responses"][reference.rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    return Draft202012Validator(schema | {"components": document["components"]})


def test_every_route_is_described_and_no_other(document, tmp_path) -> None:
    with assemble(TinyEngine(), tmp_path, None, DemoDelay(0), ServerLimits()) as server:
        routes = [route for route in server.app.routes if isinstance(route, Route)]
    served = {(route.path, method.lower()) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == served


def test_the_table_of_fields_is_in_it(document) -> None:
    schema = document["components"]["schemas"]["Submit"]
    assert document["paths"][SUBMIT]["post"]["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Submit"
    }
    assert schema["required"] == ["prompt"]
    offered = [field for field in FIELDS if field.api_name in schema["properties"]]
    assert {field_of(name) for name in ("prompt", "seed", "refine", "image")} <= set(offered)
    for field in offered:
        described = schema["properties"][field.api_name]
        if field.has_range and field.name not in ("width", "height"):
            assert (described["minimum"], described["maximum"]) == (field.minimum, field.maximum)
        assert described.get("enum", []) == list(field.choices)
    scale = schema["properties"]["loras"]["items"]["properties"]["scale"]
    assert (schema["properties"]["loras"]["maxItems"], scale["maximum"]) == (4, 4)
    announced = document["paths"]["/api/v3/media/uploads"]["post"]["requestBody"]["content"]["application/json"]
    assert announced["schema"]["properties"]["size"]["maximum"] == PICTURE_LIMIT


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({}, True),
        ({"prompt": ""}, False),
        ({"size": "1024x1024"}, False),
        ({"num_inference_steps": 51}, False),
        ({"guidance_scale": "7"}, False),
        ({"refine": "twice"}, False),
        ({"seed": -1, "loras": [{"path": "owner/name", "scale": 5}]}, False),
        ({"prompt_strength": 0.5, "refine": "base_image_refiner", "refine_steps": 1}, True),
    ],
)
def test_what_fits_is_taken_and_what_does_not_is_refused(caller, document, changed, fits) -> None:
    schema = document["components"]["schemas"]["Submit"]
    body = SMALL | {"num_inference_steps": 1} | changed
    assert Draft202012Validator(schema).is_valid(body) == fits
    assert caller.http.post(SUBMIT, json=body).status_code == (200 if fits else 400)


def test_answers_fit(caller, document) -> None:
    made = caller.http.post(SUBMIT, json=SMALL)
    schema_of(document, SUBMIT, "post", 200).validate(made.json())
    task = made.json()["data"]["id"]
    caller.end(task)
    one = "/api/v3/predictions/{task_id}"
    calls: list[tuple[str, str, Any]] = [
        ("get", f"{one}/result", None),
        ("get", one, None),
        ("post", "/api/v3/predictions", {"page_size": 5}),
        ("get", "/api/v3/models", None),
        ("get", "/api/v3/balance", None),
        ("post", "/api/v3/model/price", {"model_id": "stability-ai/sdxl-lora"}),
        ("post", "/api/v3/billings/search", {"page": 1, "page_size": 10}),
        ("post", "/api/v3/media/uploads", {"filename": "a.png", "size": 9}),
        ("delete", one, None),
        ("post", "/api/v3/predictions/delete", {"ids": [task]}),
    ]
    for method, path, body in calls:
        answer = caller.http.request(method, path.replace("{task_id}", task), json=body)
        assert answer.status_code == 200, path
        schema_of(document, path, method, 200).validate(answer.json())


def test_refusals_fit(caller, document) -> None:
    for body, status in (({}, 400), ({"prompt": "x" * JSON_LIMIT}, 413)):
        answer = caller.http.post(SUBMIT, json=body)
        assert answer.status_code == status
        schema_of(document, SUBMIT, "post", status).validate(answer.json())
    unknown = caller.http.get("/api/v3/predictions/none/result")
    schema_of(document, "/api/v3/predictions/{task_id}/result", "get", 404).validate(unknown.json())


def test_it_is_read_without_the_key_and_all_of_the_api_with_it(tmp_path) -> None:
    with serving(TinyEngine(), tmp_path, key="secret") as caller:
        bare = {"Authorization": ""}
        document = caller.http.get("/openapi.json", headers=bare).raise_for_status().json()
        assert document["servers"] == [{"url": caller.base}]
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                status = caller.http.request(method, path.replace("{", "").replace("}", ""), headers=bare).status_code
                assert (status == 401) == ("security" not in operation), path
