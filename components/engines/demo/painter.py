"""Demo engine: paints the words of a prompt that it knows, with drawings and brush strokes."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from components.engines.demo.brush import noise
from components.engines.demo.brush.finish import bound_together, refined, refining, sharpened, without_colours
from components.engines.demo.brush.infill import filled_from_around
from components.engines.demo.brush.seeded_random import seeded_random
from components.engines.demo.grounds import city, indoors, land, sky, space, water
from components.engines.demo.grounds.weather import paint_weather
from components.engines.demo.scene.extras import extras_of
from components.engines.demo.scene.guidance import GuidanceEffect, effect_of, loosened, toned
from components.engines.demo.scene.layout import arrange
from components.engines.demo.scene.light import light_of
from components.engines.demo.scene.placement import Box
from components.engines.demo.scene.stage import Stage
from components.engines.demo.scene.things import paint_things
from components.engines.demo.styles.in_prompt import styles_in, without_styles
from components.engines.demo.styles.lookup import styled
from components.engines.demo.words.note import notes_for
from components.engines.demo.words.parse import Scene, read_scene
from components.engines.protocol import EngineRequest, EngineResult, OnStep, Refine

GROUNDS: dict[str, tuple[Callable[[Stage], None], ...]] = {
    "meadow": (sky.paint_sky, land.paint_meadow),
    "mountain": (sky.paint_sky, land.paint_mountain),
    "forest": (sky.paint_sky, land.paint_forest),
    "snow": (sky.paint_sky, land.paint_snow),
    "desert": (sky.paint_sky, land.paint_desert),
    "mars": (space.paint_earthrise, land.paint_mars),
    "moon": (space.paint_earthrise, land.paint_moon),
    "space": (space.paint_space,),
    "sky": (sky.paint_sky, space.paint_above_clouds),
    "sea": (sky.paint_sky, water.paint_sea),
    "beach": (sky.paint_sky, water.paint_beach),
    "lake": (sky.paint_sky, water.paint_lake),
    "underwater": (water.paint_underwater,),
    "city": (sky.paint_sky, city.paint_city),
    "room": (sky.paint_sky, indoors.paint_room),
    "table": (indoors.paint_table,),
}
NOTHING_THERE = "empty background"
"""Words of a prompt that with a mask asks for the removal of what is there, as the page's mode does."""
ANYWHERE = ("meadow", "mountain", "lake", "sea", "desert", "forest")
"""Places to choose from by the seed when the prompt names neither a place nor a thing."""


class DemoPainter:
    """Engine without AI, for demonstrations and tests of the page: it is quick and works offline."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        """Return the image of a request; the same request gives the same pixels."""
        steps = _steps(request)
        if (emptied := _emptied(request)) is not None:
            for step in range(1, steps + 1):
                on_step(step, steps)
            return EngineResult(emptied)
        scene = read_scene(without_styles(request.prompt), request.negative_prompt)
        effect = effect_of(request.guidance_scale)
        picture, things = _painted(request, scene, effect)
        for step in range(1, steps):
            on_step(step, steps)
        finished = _finished(request, scene, picture, things)
        on_step(steps, steps)
        return EngineResult(finished, notes=notes_for(scene))


def _emptied(request: EngineRequest) -> Image.Image | None:
    """Return the input image without what is under its mask; None when the prompt asks for something to be there."""
    if request.image is None or request.mask is None or not request.prompt.lower().startswith(NOTHING_THERE):
        return None
    size = (request.width, request.height)
    start, mask = noise.fitted(request.image, size), noise.fitted(request.mask, size)
    return noise.only_masked(start, filled_from_around(start, mask), mask)


def _steps(request: EngineRequest) -> int:
    if request.refine is not Refine.SECOND_PASS:
        return request.num_inference_steps
    more = request.num_inference_steps if request.refine_steps is None else request.refine_steps
    return request.num_inference_steps + more


def _place(scene: Scene, seed: int) -> str:
    """Return the place that the prompt names, else the home of the first thing, else one by the seed."""
    if scene.place is not None:
        return scene.place
    homes = [one.drawing.home for one in scene.subjects if one.drawing.home not in scene.banned]
    if "snow" in scene.weathers and (not homes or homes[0] == "meadow"):
        return "snow"
    if homes:
        return homes[0]
    free = [place for place in ANYWHERE if place not in scene.banned]
    if "neon" in scene.features:
        return "city"
    return seeded_random(seed, "place").choice(free or ["meadow"])


def _painted(request: EngineRequest, scene: Scene, effect: GuidanceEffect) -> tuple[Image.Image, Image.Image]:
    """Return the painted scene, and an L mask of its things."""
    image = Image.new("RGB", (request.width, request.height))
    light = light_of(scene, seeded_random(request.seed, "light"))
    stage = Stage(
        image, scene, _place(scene, request.seed), light, request.seed, noise.detail(request.num_inference_steps)
    )
    for paint in GROUNDS[stage.place]:
        paint(stage)
    subjects = loosened(scene, effect, request.seed)
    placed = arrange(stage, subjects, extras_of(stage, subjects), effect.size, _focus(request))
    things = paint_things(stage, placed)
    paint_weather(stage)
    bound = bound_together(image, request.seed, light.night)
    return without_colours(toned(bound, effect), scene.banned), things


def _focus(request: EngineRequest) -> Box | None:
    """Return the box of the white part of the mask; None without one."""
    if request.mask is None:
        return None
    box = noise.fitted(request.mask, (request.width, request.height)).point([0] * 128 + [255] * 128).getbbox()
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box else None


def _finished(request: EngineRequest, scene: Scene, picture: Image.Image, things: Image.Image) -> Image.Image:
    """Apply styles, input image, refiner, steps and mask, in that order."""
    size = (request.width, request.height)
    for uses in (styles_in(request.prompt, request.loras), request.loras):
        picture = styled(picture, things, uses, request.seed)
    start = noise.fitted(request.image, size) if request.image is not None else None
    if start is not None:
        picture = noise.over_picture(start, picture, things, request.prompt_strength, request.seed)
    if start is None or request.prompt_strength > 0:
        picture = sharpened(picture, 0.5 * noise.detail(request.num_inference_steps))
        picture = refined(picture, refining(request), request.seed)
        picture = noise.unfinished(picture, request.num_inference_steps, request.seed)
    if start is not None and request.mask is not None:
        picture = noise.only_masked(start, picture, noise.fitted(request.mask, size))
    return picture
