"""The engine: an order in, a picture out."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from components.engines.demo import city, cosmos, indoors, land, noise, sky, water
from components.engines.demo.chance import chance
from components.engines.demo.extras import extras_of
from components.engines.demo.finish import bound_together, refined, refining, sharpened, without_colours
from components.engines.demo.grip import Grip, grip_of, loosened, toned
from components.engines.demo.layout import arrange
from components.engines.demo.light import light_of
from components.engines.demo.note import note_for
from components.engines.demo.placed import Box
from components.engines.demo.spoken import spoken, unspoken
from components.engines.demo.stage import Stage
from components.engines.demo.styles import styled
from components.engines.demo.things import paint_things
from components.engines.demo.weather import paint_weather
from components.engines.demo.words import Scene, read_scene
from components.server.engine import OnStep, Order, Painting, Refine

GROUNDS: dict[str, tuple[Callable[[Stage], None], ...]] = {
    "meadow": (sky.paint_sky, land.paint_meadow),
    "mountain": (sky.paint_sky, land.paint_mountain),
    "forest": (sky.paint_sky, land.paint_forest),
    "snow": (sky.paint_sky, land.paint_snow),
    "desert": (sky.paint_sky, land.paint_desert),
    "mars": (cosmos.paint_earthrise, land.paint_mars),
    "moon": (cosmos.paint_earthrise, land.paint_moon),
    "space": (cosmos.paint_space,),
    "sky": (sky.paint_sky, cosmos.paint_above_clouds),
    "sea": (sky.paint_sky, water.paint_sea),
    "beach": (sky.paint_sky, water.paint_beach),
    "lake": (sky.paint_sky, water.paint_lake),
    "underwater": (water.paint_underwater,),
    "city": (sky.paint_sky, city.paint_city),
    "room": (sky.paint_sky, indoors.paint_room),
    "table": (indoors.paint_table,),
}
ANYWHERE = ("meadow", "mountain", "lake", "sea", "desert", "forest")
"""What is painted when the prompt names nothing the painter knows."""


class DemoPainter:
    """Paints the words it knows with drawings and brush strokes. It is quick and has no AI."""

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        """Paint one order; the same order gives the same pixels."""
        steps = _steps(order)
        scene = read_scene(unspoken(order.prompt), order.negative_prompt)
        grip = grip_of(order.guidance_scale)
        picture, things = _painted(order, scene, grip)
        for step in range(1, steps):
            on_step(step, steps)
        finished = _finished(order, scene, picture, things)
        on_step(steps, steps)
        return Painting(finished, note=note_for(scene))


def _steps(order: Order) -> int:
    if order.refine is not Refine.SECOND_PASS:
        return order.num_inference_steps
    more = order.num_inference_steps if order.refine_steps is None else order.refine_steps
    return order.num_inference_steps + more


def _place(scene: Scene, seed: int) -> str:
    """Take the place named, else the home of the first thing, else one by the seed."""
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
    return chance(seed, "place").choice(free or ["meadow"])


def _painted(order: Order, scene: Scene, grip: Grip) -> tuple[Image.Image, Image.Image]:
    """Paint the scene; give it and an L mask of its things."""
    image = Image.new("RGB", (order.width, order.height))
    light = light_of(scene, chance(order.seed, "light"))
    stage = Stage(image, scene, _place(scene, order.seed), light, order.seed, noise.detail(order.num_inference_steps))
    for paint in GROUNDS[stage.place]:
        paint(stage)
    subjects = loosened(scene, grip, order.seed)
    placed = arrange(stage, subjects, extras_of(stage, subjects), grip.size, _focus(order))
    things = paint_things(stage, placed)
    paint_weather(stage)
    bound = bound_together(image, order.seed, light.night)
    return without_colours(toned(bound, grip), scene.banned), things


def _focus(order: Order) -> Box | None:
    """Give the box of what is repainted, when a mask says so."""
    if order.mask is None:
        return None
    box = noise.fitted(order.mask, (order.width, order.height)).point([0] * 128 + [255] * 128).getbbox()
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box else None


def _finished(order: Order, scene: Scene, picture: Image.Image, things: Image.Image) -> Image.Image:
    """Apply style, starting picture, refiner, steps and mask, in that order."""
    size = (order.width, order.height)
    for uses in (spoken(order.prompt, order.loras), order.loras):
        picture = styled(picture, things, uses, order.seed)
    start = noise.fitted(order.image, size) if order.image is not None else None
    if start is not None:
        picture = noise.over_picture(start, picture, things, order.prompt_strength, order.seed)
    if start is None or order.prompt_strength > 0:
        picture = sharpened(picture, 0.5 * noise.detail(order.num_inference_steps))
        picture = refined(picture, refining(order), order.seed)
        picture = noise.unfinished(picture, order.num_inference_steps, order.seed)
    if start is not None and order.mask is not None:
        picture = noise.only_masked(start, picture, noise.fitted(order.mask, size))
    return picture
