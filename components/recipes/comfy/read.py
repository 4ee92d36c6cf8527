"""ComfyUI recipes: settings from a graph in API format. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from components.recipes.comfy.graph import Graph, Node
from components.recipes.comfy.joined_text import conditioning_of
from components.recipes.comfy.loras import loras_in_prompts, read_loras
from components.recipes.comfy.parts import checkpoint_of, model_links, parts_of, refiner_of
from components.recipes.comfy.samplers import SEEDS, STEPS, Samplers
from components.recipes.comfy.searge import plain_graph
from components.recipes.comfy.texts import NEGATIVE, POSITIVE, Texts, side_input
from components.recipes.comfy.values import first_number
from components.recipes.lora_tags import without_tags_if_any
from components.recipes.parsed import ParsedRecipe, ParsedSampler, text_value
from components.recipes.samplers import parsed_sampler

_CFG = ("cfg", "cfg_scale")
_TITLES = {"sampler_name": "Sampler", "scheduler": "Scheduler"}
_WITHOUT_SETTINGS = ("VAEDecode", "VAELoader", "CLIPLoader", "DualCLIPLoader", "Save", "Preview", "Primitive", "Note")
_MAX_NAMES = 200


def read_comfy(data: Mapping[str, Any]) -> ParsedRecipe | None:
    """Return the recipe in a graph; None for JSON that is no graph, or one without a sampler that is understood."""
    graph = Graph(plain_graph(data))
    samplers = Samplers(graph)
    texts = Texts(graph)
    recipes = [_Reader(graph, samplers, texts, sampler).recipe() for sampler in samplers.first()]
    if not recipes:
        return None
    recipe = reduce(_common, recipes)
    if not recipe.prompt and not any(value is not None for value in recipe.numbers.values()):
        return None
    names = dict.fromkeys((*recipe.unused, *texts.second_texts, *_unused_nodes(graph, samplers)))
    return replace(recipe, unused=tuple(names)[:_MAX_NAMES])


class _Reader:
    """Reader of one sampler's settings."""

    def __init__(self, graph: Graph, samplers: Samplers, texts: Texts, sampler: Node) -> None:
        self._graph, self._texts, self._sampler = graph, texts, sampler
        self._origin, self._refining = samplers.origins[sampler.id], samplers.after(sampler)
        self._parts = parts_of(graph, sampler)

    def recipe(self) -> ParsedRecipe:
        """Return the recipe, and mark the nodes that it was read from."""
        self._graph.used.update(part.id for part in self._parts)
        texts = {"prompt": self._prompt(POSITIVE), "negative_prompt": self._prompt(NEGATIVE)}
        refiner, handover = refiner_of(self._graph, self._parts, self._refining)
        loras = read_loras(self._graph, model_links(self._parts))
        tagged = loras_in_prompts(self._graph, [text for text in texts.values() if text])
        names = {lora.name for lora in loras}
        return ParsedRecipe(
            prompt=without_tags_if_any(texts["prompt"] or ""),
            negative=without_tags_if_any(texts["negative_prompt"] or ""),
            numbers=self._numbers() | ({"high_noise_frac": handover} if refiner else {}),
            size=self._origin.size,
            sampler=self._chosen_sampler(),
            loras=(*loras, *(lora for lora in tagged if lora.name not in names)),
            refiner=refiner,
            is_from_image=self._origin.is_image,
            unused=(*self._names(), *(["Refiner prompts"] if refiner and self._differs(texts) else [])),
            unread=frozenset(name for name, text in texts.items() if text is None),
        )

    def _differs(self, texts: Mapping[str, str | None]) -> bool:
        """Return whether the sampler that goes on has other prompts; reading them marks their nodes."""
        sides = ((POSITIVE, texts["prompt"]), (NEGATIVE, texts["negative_prompt"]))
        following = self._refining
        return following is not None and any([self._texts.of(following, side) != text for side, text in sides])

    def _prompt(self, side: str) -> str | None:
        """Return the prompt of one side; empty for the negative one of a sampler without guidance by it."""
        for part in self._parts:
            if side_input(part.inputs, side) or any(self._graph.carriers(part)):
                return self._texts.of(part, side)
        if side == NEGATIVE:
            return None if "cfg" in self._inputs else ""
        links = [link for part in self._parts for link in conditioning_of(part)]
        # With two guidance scales the second conditioning is what the first one is led away from.
        found = [self._texts.at(link, side) for link in (links[:1] if "cfg_conds" in self._inputs else links)]
        known = [text for text in found if text is not None]
        return ", ".join(known) if known else None

    def _numbers(self) -> dict[str, float | None]:
        guidance, seed = self._first(_CFG), self._first(SEEDS)
        has_guidance = any(side_input(part.inputs, NEGATIVE) or "cfg" in part.inputs for part in self._parts)
        return {
            "num_inference_steps": self._first(STEPS),
            # A guider without a negative prompt is one of no guidance, which is 1.
            "guidance_scale": guidance if has_guidance or "cfg_conds" in self._inputs else 1,
            # Below zero: one that was drawn at each run, and is not in the file.
            "seed": None if seed is None or seed < 0 else seed,
        }

    @property
    def _inputs(self) -> set[str]:
        return {name for part in self._parts for name in part.inputs}

    def _first(self, names: tuple[str, ...]) -> float | None:
        numbers = (first_number(self._graph, part, names) for part in self._parts)
        return next((found for found in numbers if found is not None), None)

    def _chosen_sampler(self) -> ParsedSampler | None:
        kinds = [part.kind for part in self._parts if _is_scheduler(part)]
        spread = "karras" if kinds == ["KarrasScheduler"] else self._text("scheduler")
        if not spread and kinds:
            return None
        keys = (*(title for name, title in _TITLES.items() if name in self._inputs), *kinds)
        return parsed_sampler(self._text("sampler_name"), spread, keys)

    def _text(self, name: str) -> str:
        values = (part.inputs.get(name) for part in self._parts)
        sources = ((value, self._graph.source(value)) for value in values)
        texts = (text_value(source.node.inputs.get(name) if source else value) for value, source in sources)
        return next(filter(None, texts), "")

    def _names(self) -> Iterator[str]:
        """Yield the names of settings that the app does not have."""
        yield from (title for name, title in _TITLES.items() if name in self._inputs)
        yield from (part.kind for part in self._parts if _is_scheduler(part))
        if checkpoint_of(self._graph, self._parts):
            yield "Model"
        denoise = self._first(("denoise",))
        if denoise is not None and denoise < 1 and not self._origin.is_image:
            yield "Denoise"


def _is_scheduler(part: Node) -> bool:
    """Return whether a node is one way to spread the steps, and not a choice of them."""
    return part.kind.endswith("Scheduler") and "scheduler" not in part.inputs


def _common(one: ParsedRecipe, other: ParsedRecipe) -> ParsedRecipe:
    """Return what two samplers have in common: the file may be of either."""
    different = {name for name in ("prompt", "negative") if getattr(one, name) != getattr(other, name)}
    numbers = {name: value for name, value in one.numbers.items() if other.numbers.get(name) == value}
    unread = {{"negative": "negative_prompt"}.get(name, name) for name in different}
    if one.loras != other.loras:
        unread.add("loras")
    return replace(
        one,
        prompt="" if "prompt" in different else one.prompt,
        negative="" if "negative" in different else one.negative,
        numbers=numbers,
        size=one.size if one.size == other.size else None,
        loras=one.loras if one.loras == other.loras else (),
        refiner=one.refiner if one.refiner == other.refiner else "",
        sampler=one.sampler if one.sampler == other.sampler else None,
        is_from_image=one.is_from_image and other.is_from_image,
        unread=one.unread | other.unread | unread,
    )


def _unused_nodes(graph: Graph, samplers: Samplers) -> Iterator[str]:
    """Yield the kinds of nodes that had a part in the image and of which nothing was read."""
    for node in samplers.taking_part.values():
        if node.id not in graph.used and not any(name in node.kind for name in _WITHOUT_SETTINGS):
            yield node.kind
