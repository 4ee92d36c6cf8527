"""Links without wires in workflows of ComfyUI's editor: nodes of cg-use-everywhere send values to open inputs.

Sources: chrisgoringe/cg-use-everywhere (README, its rules in `use_everywhere_classes.js` and `ue_properties.js`),
nkchocoai/ComfyUI-SaveImageWithMetaData `filename_format.json` and `lora_embedding_vae.json`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.recipes.parsed import ParsedRecipe
from components.recipes.read import read

KNOWN: dict[str, Any] = {
    **{"prompt": "a fox", "negative": "blurry", "seed": 5, "num_inference_steps": 20, "guidance_scale": 7},
    **{"size": (832, 1216), "unread": frozenset()},
}
OUTPUTS = {
    "CheckpointLoaderSimple": ("MODEL", "CLIP", "VAE"),
    "CLIPTextEncode": ("CONDITIONING",),
    "EmptyLatentImage": ("LATENT",),
    "KSampler": ("LATENT",),
    "PrimitiveInt": ("INT",),
    "PrimitiveString": ("STRING",),
    "Seed Everywhere": ("INT",),
    "VAEDecode": ("IMAGE",),
}
OPEN = None


class Canvas:
    """Workflow in which inputs without an origin are listed as open ones, as the editor does."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[Any] = []

    def add(self, node_id: int, kind: str, values: Any = (), /, **more: Any) -> Canvas:
        """Add a node; `inputs` has name, type and origin of each, `widgets` the names of those that are widgets."""
        inputs: list[dict[str, Any]] = []
        for name, value_type, origin in more.pop("inputs", ()):
            number = None
            if origin:
                number = len(self.links) + 1
                self.links.append([number, *origin, node_id, len(inputs), value_type])
            inputs.append({"name": name, "type": value_type, "link": number})
            if name in more.get("widgets", ()):
                inputs[-1]["widget"] = {"name": name}
        more.pop("widgets", None)
        outputs = [{"name": one, "type": one} for one in OUTPUTS.get(kind, ())]
        node = {"id": node_id, "type": kind, "mode": 0, "inputs": inputs, "outputs": outputs}
        self.nodes.append(node | {"widgets_values": list(values)} | more)
        return self

    def text(self, **extra: Any) -> str:
        """Return the workflow as JSON."""
        return json.dumps({"nodes": self.nodes, "links": self.links, "version": 0.4, "extra": extra})


BOTH = [("CONDITIONING", "*", (2, 0)), ("CONDITIONING", "*", (3, 0))]


def canvas(seed: Any = "widget") -> Canvas:
    """A workflow whose sampler has a wire for the latent image alone."""
    made = Canvas().add(1, "CheckpointLoaderSimple", ["sd_xl_base_1.0.safetensors"])
    made.add(2, "CLIPTextEncode", ["a fox"], inputs=[("clip", "CLIP", OPEN)], title="Subject")
    made.add(3, "CLIPTextEncode", ["blurry"], inputs=[("clip", "CLIP", OPEN)])
    made.add(4, "EmptyLatentImage", [832, 1216, 1])
    open_ones = [("model", "MODEL", OPEN), ("positive", "CONDITIONING", OPEN), ("negative", "CONDITIONING", OPEN)]
    inputs = [*open_ones, ("latent_image", "LATENT", (4, 0)), *([] if seed == "widget" else [("seed", "INT", seed)])]
    made.add(5, "KSampler", [5, "fixed", 20, 7, "euler", "normal", 1], inputs=inputs, widgets=["seed"])
    made.add(6, "VAEDecode", inputs=[("samples", "LATENT", (5, 0)), ("vae", "VAE", OPEN)])
    made.add(7, "SaveImage", ["ComfyUI"], inputs=[("images", "IMAGE", (6, 0))])
    three = [("MODEL", "*", (1, 0)), ("CLIP", "*", (1, 1)), ("VAE", "*", (1, 2))]
    return made.add(8, "Anything Everywhere3", inputs=three)


def by_pattern(made: Canvas, node_id: int, origin: int, title: str, name: str, **more: Any) -> Canvas:
    inputs = [("CONDITIONING", "*", (origin, 0))]
    return made.add(node_id, "Anything Everywhere?", [title, name, ""], inputs=inputs, **more)


def prompts(**more: Any) -> Canvas:
    return canvas().add(9, "Prompts Everywhere", inputs=BOTH, **more)


def recipe_of(text: str) -> ParsedRecipe:
    recipe = read(text)
    assert recipe is not None
    return recipe


def known(text: str) -> dict[str, Any]:
    """Return what is known of a workflow."""
    recipe = recipe_of(text)
    named = {name: getattr(recipe, name) for name in ("prompt", "negative", "size", "unread")}
    return named | dict(recipe.numbers)


def test_prompts_and_models_reach_a_sampler_without_wires():
    assert known(prompts().text()) == KNOWN
    assert recipe_of(prompts().text()).unused == ("Sampler", "Scheduler", "Model")


def test_loras_are_found_behind_a_broadcast_model():
    made = prompts().add(10, "LoraLoaderModelOnly", ["ink.safetensors", 0.8], inputs=[("model", "MODEL", (1, 0))])
    made.nodes[-1]["outputs"] = [{"name": "MODEL", "type": "MODEL"}]
    made.links[[link[3:5] for link in made.links].index([8, 0])][1] = 10

    loras = recipe_of(made.text()).loras

    assert [(lora.name, lora.scale) for lora in loras] == [("ink.safetensors", 0.8)]


def test_a_pattern_for_names_of_inputs_tells_the_sides_apart():
    made = by_pattern(by_pattern(canvas(), 9, 2, ".*", "positive"), 10, 3, ".*", "^neg")

    assert known(made.text()) == KNOWN


def test_a_pattern_for_titles_leaves_other_nodes_alone():
    made = by_pattern(by_pattern(canvas(), 9, 2, "Hires", "positive"), 10, 3, "KSampler|Other", "negative")

    assert known(made.text()) == KNOWN | {"prompt": "", "unread": {"prompt"}}


def test_a_pattern_goes_before_a_plain_broadcast():
    made = canvas().add(9, "Anything Everywhere", inputs=[("CONDITIONING", "*", (3, 0))])

    assert known(by_pattern(made, 10, 2, "", "positive").text()) == KNOWN


@pytest.mark.parametrize(
    ("pattern", "more"),
    [
        pytest.param("(pos|a)+", {}, id="a pattern with repetition is not tried"),
        pytest.param("[", {}, id="a broken pattern"),
        pytest.param("positive", {"properties": {"group_restricted": 1}}, id="groups on the canvas"),
        pytest.param("positive", {"properties": {"color_restricted": 2}}, id="colors on the canvas"),
    ],
)
def test_what_the_rules_leave_open_is_told_and_not_guessed(pattern, more):
    recipe = recipe_of(by_pattern(canvas(), 9, 2, ".*", pattern, **more).text())

    assert (recipe.prompt, "prompt" in recipe.unread) == ("", True)


def test_two_equal_broadcasts_to_one_input_are_not_guessed():
    made = by_pattern(by_pattern(canvas(), 9, 2, ".*", "positive"), 10, 3, ".*", "positive|negative")

    assert known(made.text()) == KNOWN | {"prompt": "", "unread": {"prompt"}}


def test_a_muted_broadcast_sends_nothing():
    assert recipe_of(prompts(mode=2).text()).unread == {"prompt", "negative_prompt"}


def test_a_seed_for_everything_replaces_that_of_a_widget_made_an_input():
    made = canvas(seed=OPEN).add(11, "Seed Everywhere", [77, "fixed"]).add(9, "Prompts Everywhere", inputs=BOTH)

    assert known(made.text()) == KNOWN | {"seed": 77}


def test_a_newer_node_for_seeds_reaches_widgets_that_are_open_for_it_and_no_other_number():
    sender = {"ue_convert": True, "ue_properties": {"version": "7.1", "seed_inputs": True}}
    made = canvas(seed=OPEN).add(11, "PrimitiveInt", [77, "fixed"], properties=sender)
    made.add(9, "Prompts Everywhere", inputs=BOTH)
    allowed = {"ue_properties": {"version": "7.1", "widget_ue_connectable": {"seed": True, "steps": True}}}
    next(node for node in made.nodes if node["type"] == "KSampler")["properties"] = allowed

    assert known(made.text(frontendVersion="1.28.8")) == KNOWN | {"seed": 77}


def test_a_widget_that_may_or_may_not_have_a_broadcast_is_told():
    made = canvas(seed=OPEN).add(11, "Seed Everywhere", [77, "fixed"]).add(9, "Prompts Everywhere", inputs=BOTH)

    assert recipe_of(made.text(frontendVersion="1.20.0")).numbers["seed"] is None


def test_the_links_that_newer_files_list_are_taken():
    made = canvas().add(9, "Anything Everywhere", inputs=[("CONDITIONING", "CONDITIONING", (3, 0))])
    rows = [(5, 0, 1, 0, "MODEL"), (5, 1, 2, 0, "CONDITIONING"), (5, 2, 3, 0, "CONDITIONING")]
    keys = ("downstream", "downstream_slot", "upstream", "upstream_slot", "type")

    assert known(made.text(ue_links=[dict(zip(keys, row, strict=True)) for row in rows])) == KNOWN


def test_a_newer_node_with_two_of_a_type_sends_each_to_inputs_of_its_name():
    inputs = [("positive", "CONDITIONING", (2, 0)), ("negative", "CONDITIONING", (3, 0))]
    made = canvas().add(9, "Anything Everywhere", inputs=inputs, properties={"ue_properties": {"version": "7.1"}})

    assert known(made.text()) == KNOWN


def test_two_prompts_at_an_older_plain_node_tell_no_side():
    made = canvas().add(9, "Anything Everywhere", inputs=BOTH)

    assert recipe_of(made.text()).unread == {"prompt", "negative_prompt"}


def test_a_subgraph_gets_what_is_sent_where_it_is_used():
    made = prompts()
    sampler = next(node for node in made.nodes if node["type"] == "KSampler")
    inner = sampler | {"id": 50, "inputs": [one | {"link": at + 1} for at, one in enumerate(sampler["inputs"])]}
    ends = [{"id": at + 1, "origin_id": -10, "origin_slot": at, "target_id": 50, "target_slot": at} for at in range(4)]
    ends.append({"id": 9, "origin_id": 50, "origin_slot": 0, "target_id": -20, "target_slot": 0})
    subgraph = {"id": "sub", "nodes": [inner], "links": ends, "inputs": sampler["inputs"], "inputNode": {"id": -10}}
    sampler |= {"type": "sub", "widgets_values": []}

    data = json.loads(made.text()) | {"definitions": {"subgraphs": [subgraph]}}

    assert known(json.dumps(data)) == KNOWN


def test_of_more_broadcasts_and_inputs_than_people_make_none_is_taken():
    made = Canvas()
    for number in range(40):
        made.add(1000 + number, "Anything Everywhere", inputs=[("LATENT", "*", (1000, 0))])
    for number in range(200):
        made.add(2000 + number, "Other", inputs=[(f"latent_{at}", "LATENT", OPEN) for at in range(30)])
    made.nodes += prompts().nodes
    offset = len(made.links)
    for node in made.nodes[-len(prompts().nodes) :]:
        node["inputs"] = [one | {"link": one["link"] and one["link"] + offset} for one in node["inputs"]]
    made.links += [[link[0] + offset, *link[1:]] for link in prompts().links]

    assert recipe_of(made.text()).unread == {"prompt", "negative_prompt"}
