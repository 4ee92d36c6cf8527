"""Note for the visitor when no word of a prompt is known."""

from __future__ import annotations

from components.engines.demo.words.parse import Scene

THINGS = (
    "fox, cat, owl, horse, dragon, unicorn, knight, wizard, astronaut, robot, castle, lighthouse, sailboat,"
    " rocket, hot air balloon, ramen and cake"
)
PLACES = "forest, sea, mountains, city, desert, space, underwater and room"


def note_for(scene: Scene) -> str:
    """Return the note; "" when any word was recognized."""
    if scene.known:
        return ""
    return (
        f"The demo painter knows none of these words: it knows words such as {THINGS}, and places such as {PLACES},"
        " by day, at night, at sunset, in the rain or in the snow."
    )
