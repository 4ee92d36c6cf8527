"""Latency from a finished task to a painted image and from a click to its POST, compared with two usual pollers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import httpx
import wavespeed
from playwright.sync_api import Page

from tests.bench.setup import app_before_api, wall
from tests.browser.person import Person
from tests.support.chromium import chromium
from tests.support.v3_service import KEY, HostedApi
from tests.support.v3_task import Task, steady

ROUNDS, WARM_UP = 12, 5
SEED = 1  # one for all, so that the API makes the image only once
MODEL = "stability-ai/sdxl-lora"
BODY = {"prompt": "p", "size": "1024*1024", "guidance_scale": 3.5, "num_inference_steps": 28, "seed": SEED}

WATCH = """() => {
  window.painted = []; window.pressed = [];
  addEventListener('click', (event) => event.target.closest('#generate') && window.pressed.push(Date.now()), true);
  const seen = new Set();
  const look = async (image) => {
    if (!image.getAttribute('src') || seen.has(image.src)) return;
    seen.add(image.src);
    await image.decode().catch(() => {});
    requestAnimationFrame(() => requestAnimationFrame(() => window.painted.push(Date.now())));
  };
  new MutationObserver(() => document.querySelectorAll('[data-job] img').forEach(look))
    .observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] });
}"""


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    with app_before_api() as (api, app), chromium() as browser:
        api.length = steady(2.5)
        page = browser.new_page()
        person = Person(page, app.url).open()
        person.set_number("Seed", SEED)
        page.evaluate(WATCH)
        rows: dict[str, list[tuple[float, int]]] = {
            "our page, painted": [],
            "SDK (1 s), bytes": [],
            "0.5 s poller, bytes": [],
        }
        to_post: list[float] = []
        for number in range(WARM_UP + ROUNDS):
            late, queries, posted = _page(api, person, page, number)
            if number >= WARM_UP:
                rows["our page, painted"].append((late, queries))
                to_post.append(posted)
                rows["SDK (1 s), bytes"].append(_sdk(api))
                rows["0.5 s poller, bytes"].append(_poller(api))
    yield f"Finished on the server -> picture here; tasks of 2.5 s +-10 %, {ROUNDS} each, median"
    yield f"{'':24}{'ms':>8}{'worst':>8}{'queries':>9}"
    for name, values in rows.items():
        lates = [1000 * late for late, _ in values]
        yield f"{name:24}{median(lates):8.0f}{max(lates):8.0f}{sum(q for _, q in values) / len(values):9.1f}"
    yield f"Click -> POST on the wire: {1000 * median(to_post):.0f} ms, worst {1000 * max(to_post):.0f} ms"


def _page(api: HostedApi, person: Person, page: Page, number: int) -> tuple[float, int, float]:
    """Return the delay of the painted image, the number of polls, and the time from the click to the POST."""
    person.generate(f"round {number}")
    page.wait_for_function(f"window.painted.length === {number + 1}")
    task = _last(api)
    painted, pressed = page.evaluate("[window.painted.at(-1), window.pressed.at(-1)]")
    return painted / 1000 - wall(task.ended_at), task.queries, wall(api.submit_times[-1]) - pressed / 1000


def _sdk(api: HostedApi) -> tuple[float, int]:
    client = wavespeed.Client(api_key=KEY, base_url=api.base_url)
    (url,) = client.run(MODEL, BODY)["outputs"]
    httpx.get(url)
    return time.monotonic() - _last(api).ended_at, _last(api).queries


def _poller(api: HostedApi) -> tuple[float, int]:
    with httpx.Client(base_url=api.base_url, headers={"Authorization": f"Bearer {KEY}"}) as http:
        task_id = http.post(f"/api/v3/{MODEL}", json=BODY).json()["data"]["id"]
        while True:
            data = http.get(f"/api/v3/predictions/{task_id}/result").json()["data"]
            if data["status"] == "completed":
                http.get(data["outputs"][0])
                return time.monotonic() - _last(api).ended_at, _last(api).queries
            time.sleep(0.5)


def _last(api: HostedApi) -> Task:
    return list(api.tasks.values())[-1]
