"""Prompts become scenes."""

import pytest

from components.engines.demo.words.note import notes_for
from components.engines.demo.words.parse import Scene, read_scene


def names(scene: Scene) -> list[str]:
    return [one.drawing.name for one in scene.subjects]


def test_a_red_fox_in_the_snow_at_night():
    scene = read_scene("a red fox in the snow at night")
    assert names(scene) == ["fox"]
    assert scene.subjects[0].colour == "red"
    assert scene.weathers == {"snow"}
    assert scene.light == "night"
    assert scene.colours == ()


@pytest.mark.parametrize(
    ("prompt", "name", "count"),
    [
        ("a cat", "cat", 1),
        ("two cats", "cat", 2),
        ("2 fluffy cats", "cat", 2),
        ("cats", "cat", 3),
        ("a flock of geese", "goose", 6),
        ("butterflies", "butterfly", 3),
        ("wolves", "wolf", 3),
        ("99 balloons", "balloon", 9),
        ("three hot air balloons", "hotairballoon", 3),
        ("two dogs and a cat", "cat", 1),
        ("drei Katzen, ein Fuchs", "fox", 1),
        ("🦊🦊", "fox", 1),
    ],
)
def test_counts(prompt: str, name: str, count: int):
    assert {one.drawing.name: one.count for one in read_scene(prompt).subjects}[name] == count


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a whale under water", "underwater"),
        ("an astronaut on the moon", "moon"),
        ("the moon over the sea", "sea"),
        ("two cats in a cosy room, rain outside", "room"),
        ("ramen on a wooden table", "table"),
        ("a wizard in a forest", "forest"),
        ("un renard dans la forêt", "forest"),
        ("ein Leuchtturm am Meer", "sea"),
    ],
)
def test_places(prompt: str, place: str):
    assert read_scene(prompt).place == place


def test_the_nearest_colour_belongs_to_the_thing_and_the_rest_to_the_picture():
    scene = read_scene("a blue house and a fox, all in purple")
    assert [one.colour for one in scene.subjects] == ["blue", None]
    assert scene.colours == ("purple",)
    assert read_scene("a castle on a green hill").colours == ()
    assert read_scene("a purple landscape").colours == ("purple",)


def test_who_rides_whom():
    rider, horse = read_scene("an astronaut riding a white horse").subjects
    assert (rider.rides, horse.rides) == ("horse", None)
    assert read_scene("an astronaut and a horse").subjects[0].rides is None


def test_the_negative_prompt_takes_things_places_lights_and_colours_away():
    scene = read_scene("a red fox and a tree in the snow at night", "trees, snow, red, night")
    assert names(scene) == ["fox"]
    assert scene.subjects[0].colour is None
    assert not scene.weathers
    assert scene.light is None
    assert {"tree", "snow", "red", "night"} <= scene.banned


def test_unknown_words_get_a_note_and_known_ones_none():
    note = str(*notes_for(read_scene("asdf qwer")))
    assert "fox" in note
    assert "forest" in note
    assert note.endswith(".")
    for prompt in ("a fox", "at night", "purple", "underwater", "🚀"):
        assert notes_for(read_scene(prompt)) == (), prompt


def test_every_word_of_the_note_is_true():
    said = str(*notes_for(read_scene("asdf"))).partition("Try ")[2]
    things, _, rest = said.partition(", in places such as ")
    for name in things.replace(" or ", ", ").split(", "):
        assert read_scene(name).subjects, name
    for name in rest.partition(", by day")[0].replace(" and ", ", ").split(", "):
        assert read_scene(name).place, name


@pytest.mark.parametrize(
    "text", ["", "\x00", "<script>alert(1)</script>", "مرحبا بالعالم", "\ud800", "🏳️‍🌈🦊", "a" * 10_000, "fox " * 2_500]
)
def test_hostile_prompts_are_read_without_harm(text: str):
    assert len(read_scene(text, text).subjects) <= 7
