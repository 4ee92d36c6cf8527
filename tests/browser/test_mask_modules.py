"""The mask's arithmetic in the browser, against the plainest reference in Python and against the server's own."""

from __future__ import annotations

import random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from components.images.composite import feathered

SIZE = (40, 28)
CHANCE = random.Random(7)


def run(page: Page, work: str, given: Any = None) -> Any:
    """Run a function of the modules in the browser."""
    imports = ", ".join(f'import("/source_image/mask/{name}.js")' for name in ("bitmap", "distance", "undo"))
    return page.evaluate(
        f"""async (given) => {{
            const [bitmap, distance, history] = await Promise.all([{imports}]);
            const {{ Bitmap, carried }} = bitmap; const {{ grown, faded }} = distance; const {{ History }} = history;
            const made = ({{ size, data }}) => new Bitmap(size[0], size[1], Uint8Array.from(data));
            return ({work})(given);
        }}""",
        given,
    )


def blots(seed: int) -> Image.Image:
    """Return a mask of a few rectangles."""
    chance, mask = random.Random(seed), Image.new("L", SIZE, 0)
    for _ in range(chance.randint(1, 4)):
        left, top = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
        mask.paste(255, (left, top, left + chance.randint(1, 20), top + chance.randint(1, 14)))
    return mask


def packed(mask: Image.Image) -> dict[str, Any]:
    return {"size": mask.size, "data": list(mask.tobytes())}


def by_distance(wanted: Any) -> list[int]:
    """Return a mask of the pixels for whose middles something holds."""
    return [255 if wanted(at % SIZE[0] + 0.5, at // SIZE[0] + 0.5) else 0 for at in range(SIZE[0] * SIZE[1])]


def off_line(x: float, y: float, line: tuple[float, ...]) -> float:
    x0, y0, x1, y1 = line
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    part = 0.0 if not length else max(0.0, min(1.0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length))
    return ((x - x0 - part * (x1 - x0)) ** 2 + (y - y0 - part * (y1 - y0)) ** 2) ** 0.5


@pytest.mark.parametrize(
    ("line", "radius"),
    [
        ((10, 10, 30, 20), 4),
        ((5, 5, 5, 5), 3.5),
        ((-9, -9, 60, 40), 6),
        ((39, 0, 0, 27), 1),
        ((100, 100, 120, 120), 5),
    ],
)
def test_a_stroke_is_all_pixels_near_its_line_and_may_leave_the_picture(scripts, line, radius):
    work = "([size, line, r]) => { const m = new Bitmap(...size); m.stroke(...line, r, 255); return [...m.data]; }"
    drawn = run(scripts, work, [SIZE, line, radius])
    assert drawn == by_distance(lambda x, y: off_line(x, y, line) <= radius)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("reach", [0, 1, 3, 9])
def test_growing_reaches_as_far_all_round(scripts, seed, reach):
    mask = blots(seed)
    white = [(at % SIZE[0], at // SIZE[0]) for at, value in enumerate(mask.tobytes()) if value]
    wanted = by_distance(lambda x, y: any((x - 0.5 - a) ** 2 + (y - 0.5 - b) ** 2 <= reach**2 for a, b in white))
    assert run(scripts, "([mask, reach]) => [...grown(made(mask), reach).data]", [packed(mask), reach]) == wanted


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("feather", [0, 1, 2, 5, 16])
def test_the_fade_that_is_shown_is_the_one_the_server_makes(scripts, seed, feather):
    mask = blots(seed)
    shown = run(scripts, "([mask, feather]) => [...faded(made(mask), feather)]", [packed(mask), feather])
    assert shown == list(feathered(mask, feather).tobytes())


def test_a_mask_of_everything_has_no_edge(scripts):
    assert (
        run(scripts, "(n) => { const m = new Bitmap(9, 9); m.fill(255); return [...faded(m, n)]; }", 5) == [255] * 81
    )


def test_inverting_counting_and_rectangles_that_reach_outside(scripts):
    work = """() => {
        const m = new Bitmap(10, 10);
        m.rectangle(-5, -5, 5, 5, 255);
        const first = m.share;
        m.invert();
        m.rectangle(8, 8, 99, 99, 0);
        return [first, m.share, m.data[0], m.data[55], m.data[99]];
    }"""
    assert run(scripts, work) == [0.25, 0.71, 0, 255, 0]


def test_steps_are_undone_and_redone_exactly_and_a_new_step_ends_what_was_undone(scripts):
    work = """(masks) => {
        const steps = masks.map(made);
        const past = new History(steps[0]);
        past.keep(steps[1]); past.keep(steps[2]);
        const seen = [past.undo(), past.undo(), past.undo(), past.redo()].map((m) => m && [...m.data]);
        past.keep(steps[3]);
        const redone = past.canRedo;
        past.keep(steps[3]); // what changes nothing is no step
        return [...seen, redone, [...past.undo().data], [...past.redo().data]];
    }"""
    masks = [blots(seed) for seed in (1, 2, 3, 4)]
    first, second, _, fourth = (list(mask.tobytes()) for mask in masks)
    assert run(scripts, work, [packed(mask) for mask in masks]) == [second, first, None, second, False, second, fourth]


def test_history_is_bounded(scripts):
    work = """() => {
        const m = new Bitmap(1536, 1536); const past = new History(m);
        for (let n = 0; n < 150; n++) { m.rectangle(n, n, n + 40, n + 40, n % 2 ? 0 : 255); past.keep(m); }
        let undone = 0; while (past.canUndo) { past.undo(); undone++; }
        return undone;
    }"""
    assert run(scripts, work) == 99


def test_a_mask_follows_its_picture_to_another_fit(scripts):
    work = """() => {
        const m = new Bitmap(20, 10); m.rectangle(5, 0, 10, 10, 255);
        const whole = { x: 0, y: 0, width: 20, height: 10 };
        const larger = carried(m, whole, { x: 0, y: 0, width: 40, height: 20 }, 40, 20);
        const padded = carried(m, whole, { x: 0, y: 5, width: 20, height: 10 }, 20, 20);
        const cropped = carried(m, whole, { x: -5, y: 0, width: 20, height: 10 }, 10, 10);
        const box = (mask) => { const on = [...mask.data].flatMap((v, at) => (v ? [at] : []));
            const xs = on.map((at) => at % mask.width), ys = on.map((at) => Math.floor(at / mask.width));
            return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1, on.length]; };
        return [larger, padded, cropped].map(box);
    }"""
    assert run(scripts, work) == [[10, 0, 20, 20, 200], [5, 5, 10, 15, 50], [0, 0, 5, 10, 50]]
