"""A task's life over HTTP."""

from __future__ import annotations

import base64
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from components.engines.protocol import LoraRef, Refine
from components.server.assembly import ServerLimits
from tests.support.tiny_engines import TINY, CheckingEngine, PreviewEngine, TinyEngine, WarmupEngine
from tests.support.v3_server import MODEL, SMALL, opened, serving

PREDICTION = {
    "id",
    "model",
    "outputs",
    "urls",
    "has_nsfw_contents",
    "status",
    "created_at",
    "error",
    "timings",
}


def test_a_task_is_created_and_completed(caller):
    made = caller.submit()
    assert set(made) - {"x-position", "x-progress"} == PREDICTION
    assert re.fullmatch("[0-9a-f]{32}", made["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["created_at"])
    done = caller.end(made["id"])
    assert set(done) == PREDICTION
    assert (done["status"], done["error"], done["has_nsfw_contents"]) == ("completed", "", [False])
    assert done["created_at"] == made["created_at"]
    assert done["timings"]["inference"] >= 0
    assert caller.picture(done["outputs"][0]).size == (256, 256)


def test_both_query_paths_answer_alike(caller):
    done = caller.end(caller.submit()["id"])
    assert done["urls"]["get"] == f"{caller.base}/api/v3/predictions/{done['id']}/result"
    for url in (done["urls"]["get"], f"/api/v3/predictions/{done['id']}"):
        assert caller.data(caller.http.get(url)) == done


def test_every_field_reaches_the_engine(caller, engine):
    loras = [{"path": "owner/name", "scale": 1}, {"path": "https://a.b/c.safetensors", "scale": 0.5}]
    made = caller.submit(
        prompt=" ünï 🐈 <b> ",
        negative_prompt="dull",
        size="320*256",
        guidance_scale=7,
        num_inference_steps=3,
        loras=loras,
        seed=2147483647,
        refine="base_image_refiner",
        high_noise_frac=0,
        refine_steps=2,
        unknown_field={"is": "dropped"},
    )
    caller.end(made["id"])
    request = engine.requests[-1]
    assert (request.prompt, request.negative_prompt) == (" ünï 🐈 <b> ", "dull")
    assert (request.width, request.height, request.guidance_scale, request.num_inference_steps) == (320, 256, 7.0, 3)
    assert request.loras == (LoraRef("owner/name", 1.0), LoraRef("https://a.b/c.safetensors", 0.5))
    assert (request.seed, request.refine, request.high_noise_frac) == (2147483647, Refine.SECOND_PASS, 0.0)
    assert request.refine_steps == 2


def test_defaults(caller, engine):
    caller.end(caller.data(caller.http.post(MODEL, json={"prompt": "x", "seed": None}))["id"])
    request = engine.requests[-1]
    assert (request.width, request.height, request.guidance_scale, request.num_inference_steps) == (
        1024,
        1024,
        3.5,
        28,
    )
    assert (request.prompt_strength, request.refine, request.high_noise_frac) == (0.8, Refine.NONE, 0.8)
    assert (request.refine_steps, request.loras, request.image, request.mask) == (None, (), None, None)


def test_a_missing_seed_is_drawn(caller, engine):
    for body in ({}, {"seed": -1}):
        caller.end(caller.submit(**body)["id"])
    first, second = engine.requests[-2:]
    assert first.seed != second.seed
    assert all(0 <= request.seed <= 2147483647 for request in (first, second))


def test_seed_zero_is_a_seed(caller, engine):
    caller.end(caller.submit(seed=0)["id"])
    assert engine.requests[-1].seed == 0


def test_sync_mode_answers_at_the_end(caller):
    done = caller.submit(enable_sync_mode=True)
    assert done["status"] == "completed"
    assert caller.picture(done["outputs"][0]).size == (256, 256)


def test_base64_output(caller):
    done = caller.submit(enable_sync_mode=True, enable_base64_output=True)
    assert opened(base64.b64decode(done["outputs"][0], validate=True)).size == (256, 256)
    listed = caller.data(caller.http.post("/api/v3/predictions", json={}))["items"][0]
    assert listed["outputs"][0].startswith(caller.base)


def test_nsfw_and_note(caller):
    done = caller.submit(prompt="naked note", enable_sync_mode=True)
    assert (done["has_nsfw_contents"], done["x-note"]) == ([True], str(TINY))
    assert done["x-notes"] == [{"code": TINY.code, "params": TINY.params}]


@pytest.mark.parametrize(
    ("prompt", "error"),
    [
        ("refuse", "This engine has no paint left. Try again tomorrow."),
        ("crash", "Something went wrong while making this picture."),
    ],
)
def test_a_failed_task_says_why(caller, prompt, error):
    done = caller.end(caller.submit(prompt=prompt)["id"])
    assert (done["status"], done["error"], done["outputs"]) == ("failed", error, [])
    assert done["has_nsfw_contents"] == []


def test_urls_follow_the_host_header(caller):
    host = {"Host": "pictures.example:8443"}
    done = caller.data(caller.http.post(MODEL, json=SMALL | {"enable_sync_mode": True}, headers=host))
    assert done["outputs"][0].startswith("http://pictures.example:8443/outputs/")
    assert done["urls"]["get"].startswith("http://pictures.example:8443/api/v3/")


def test_webhooks_are_refused_not_dropped(caller):
    response = caller.http.post(MODEL, params={"webhook": "https://a.example"}, json=SMALL)
    assert caller.refused(response)[:2] == (400, 400)


def test_outputs_are_served_by_their_whole_name_only(caller):
    done = caller.submit(enable_sync_mode=True)
    name = done["outputs"][0].rpartition("/")[2]
    for wrong in (done["id"], f"{done['id']}-.png", name[:-5] + "x.png", "..%2Fserver.sqlite3"):
        assert caller.refused(caller.http.get(f"/outputs/{wrong}"))[:2] == (404, 404)
    assert caller.http.get(f"/outputs/{name}").headers["x-content-type-options"] == "nosniff"


def test_the_line_shows_positions_and_progress(gated, tmp_path):
    with serving(gated, tmp_path) as caller:
        ids = [caller.submit(num_inference_steps=4)["id"] for _ in range(3)]
        running = caller.when(ids[0], lambda seen: seen.get("x-progress", {}).get("step") == 1)
        assert (running["status"], running["x-progress"]) == ("processing", {"step": 1, "steps": 4})
        waiting = [caller.query(one) for one in ids[1:]]
        assert [(one["status"], one["x-position"]) for one in waiting] == [("created", 0), ("created", 1)]
        assert "x-progress" not in waiting[0]
        gated.gate.set()
        assert [caller.end(one)["status"] for one in ids] == ["completed"] * 3


def test_the_newest_preview_is_shown_while_it_is_painted_and_no_longer(tmp_path):
    engine = PreviewEngine()
    with serving(engine, tmp_path) as caller:
        made = caller.submit(num_inference_steps=4)["id"]
        staged = caller.when(made, lambda seen: "x-stage" in seen)
        assert (staged["x-stage"], staged["x-progress"]) == ("Downloading the model, 34%", {"step": 0, "steps": 4})
        assert staged["x-stage-code"] == {"code": "stage_fetching_model", "params": {"percent": 34}}
        assert "x-preview" not in staged
        engine.shown.set()
        running = caller.when(made, lambda seen: seen.get("x-progress") == {"step": 2, "steps": 4})
        assert running["x-preview"] == "data:image/jpeg;base64,/9j/IG5ld2VzdA=="
        assert "x-stage" not in running
        engine.gate.set()
        assert not {"x-preview", "x-stage", "x-progress"} & set(caller.end(made))


@pytest.mark.parametrize("trouble", [None, RuntimeError("no model")])
def test_an_engine_prepares_itself_while_the_first_in_line_is_told_so(tmp_path, trouble):
    engine = WarmupEngine(trouble)
    with serving(engine, tmp_path) as caller:
        first, second = (caller.submit()["id"] for _ in range(2))
        waiting = caller.when(first, lambda seen: "x-stage" in seen)
        assert (waiting["status"], waiting["x-stage"], waiting["x-position"]) == ("created", "Loading the model", 0)
        assert "x-stage" not in caller.query(second)
        engine.gate.set()
        assert [caller.end(one)["status"] for one in (first, second)] == ["completed", "completed"]
        assert "x-stage" not in caller.query(first)
    assert len(engine.threads) == 3
    assert len(set(engine.threads)) == 1


def test_who_is_asked_about_a_lora_and_does_not_answer_holds_nobody_up(tmp_path, monkeypatch):
    engine = CheckingEngine()
    loras = [{"path": "owner/name", "scale": 1}]
    with serving(engine, tmp_path) as caller:
        with ThreadPoolExecutor(3) as callers:
            waiting = [callers.submit(caller.submit, loras=loras) for _ in range(3)]
            assert caller.end(caller.submit()["id"])["status"] == "completed"
            assert not any(one.done() for one in waiting)
            engine.gate.set()
            assert {caller.end(one.result()["id"])["status"] for one in waiting} == {"completed"}
        engine.gate.clear()
        monkeypatch.setattr("components.server.http.predictions.PRECHECK_SECONDS", 0.05)
        assert caller.end(caller.submit(loras=loras)["id"])["status"] == "completed"
        engine.gate.set()


def test_a_full_line_is_429_with_retry_after(gated, tmp_path):
    with serving(gated, tmp_path, limits=ServerLimits(waiting=1)) as caller:
        caller.submit()
        assert gated.begun.wait(5)
        caller.submit()
        response = caller.http.post(MODEL, json=SMALL)
        assert caller.refused(response)[:2] == (429, 429)
        assert int(response.headers["retry-after"]) > 0


def test_sync_mode_times_out_with_5004(gated, tmp_path):
    with serving(gated, tmp_path, limits=ServerLimits(sync_timeout=0.05)) as caller:
        late = caller.submit(enable_sync_mode=True)
        assert (late["code"], late["status"], late["outputs"]) == (5004, "processing", [])
        gated.gate.set()
        assert caller.end(late["id"])["status"] == "completed"


def test_deleting_a_running_task_stops_it(gated, tmp_path):
    with serving(gated, tmp_path, pace=3600) as caller:
        first, second = (caller.submit()["id"] for _ in range(2))
        assert gated.begun.wait(5)
        gated.begun.clear()
        assert caller.data(caller.http.delete(f"/api/v3/predictions/{first}")) == {
            "id": first,
            "status": "deleted",
        }
        assert gated.begun.wait(1), "a paced painting did not stop at once"
        assert caller.refused(caller.http.get(f"/api/v3/predictions/{first}"))[:2] == (404, 404)
        assert caller.query(second)["status"] == "processing"
        assert caller.refused(caller.http.delete(f"/api/v3/predictions/{first}"))[:2] == (404, 404)


def test_deleting_a_waiting_task_moves_the_line(gated, tmp_path):
    with serving(gated, tmp_path) as caller:
        ids = [caller.submit()["id"] for _ in range(3)]
        assert gated.begun.wait(5)
        asked = json.dumps({"ids": [ids[1], ids[1], "nope", "\ud800", 7]})
        assert caller.data(caller.http.post("/api/v3/predictions/delete", content=asked)) == {"deleted_count": 1}
        assert caller.query(ids[2])["x-position"] == 0


def test_deleting_a_finished_task_removes_its_files(tmp_path):
    with serving(TinyEngine(), tmp_path) as caller:
        done = caller.submit(enable_sync_mode=True)
        assert len(list((tmp_path / "outputs").iterdir())) == 1
        caller.data(caller.http.delete(f"/api/v3/predictions/{done['id']}"))
        assert list((tmp_path / "outputs").iterdir()) == []
        assert caller.http.get(done["outputs"][0]).status_code == 404


def test_a_sync_caller_learns_of_the_deletion(gated, tmp_path):
    with serving(gated, tmp_path) as caller:
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(caller.http.post(MODEL, json=_sync())))
        waiting.start()
        assert gated.begun.wait(5)
        [task] = caller.data(caller.http.post("/api/v3/predictions", json={}))["items"]
        caller.http.delete(f"/api/v3/predictions/{task['id']}")
        waiting.join(5)
        assert caller.refused(answers[0])[:2] == (404, 404)


def test_leaving_answers_those_who_wait(gated, tmp_path):
    answers: list[httpx.Response] = []

    def wait(base):
        with httpx.Client(base_url=base) as http:
            answers.append(http.post(MODEL, json=_sync()))

    with serving(gated, tmp_path) as caller:
        waiting = threading.Thread(target=wait, args=(caller.base,))
        waiting.start()
        assert gated.begun.wait(5)
    waiting.join(5)
    assert answers[0].json()["data"]["code"] == 5004


def _sync():
    return SMALL | {"enable_sync_mode": True}


def test_pace_spreads_the_steps(tmp_path):
    with serving(TinyEngine(), tmp_path, pace=0.56) as caller:
        done = caller.submit(num_inference_steps=14, enable_sync_mode=True)
        assert 280 <= done["timings"]["inference"] < 1000
