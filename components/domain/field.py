"""Field of a request: its names, type, range, default, and where it is sent, shown, stored and written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """Type of a field."""

    TEXT = "text"
    WHOLE = "whole"
    """Whole number."""
    NUMBER = "number"
    SIDE = "side"
    """Width or height in pixels; the API has one text for both."""
    CHOICE = "choice"
    """One of a few texts."""
    LORAS = "loras"
    IMAGE = "image"


class TakenBy(Enum):
    """Which models are known to take a field where the API does not describe them."""

    HOSTED = "hosted"
    """The vendor's and ours."""
    OWN_SERVER = "own server"
    """Ours, with every engine."""
    NONE = "none"
    """None; our server lists it for engines that name it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Condition under which a field has an effect: another field has this value, or any but its default."""

    field: str
    value: str | None = None
    """None: any value but the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a request."""

    name: str
    """Attribute of GenerationRequest, else key of its `options`; key of stored records and of the form's values."""
    kind: Kind
    api_names: tuple[str, ...] = ()
    """Names that models use, the likelier one first; empty when it is not sent."""
    taken_by: TakenBy = TakenBy.NONE
    default: str | float | None = None
    minimum: float | None = None
    """Ends of the range, included; of a text's models the API's own."""
    maximum: float | None = None
    step: float = 1
    max_length: int | None = None
    """Characters of a text; None: it is no text, or has no limit."""
    choices: tuple[str, ...] = ()
    choice_aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other names that models and programs use for a choice, with the choice."""
    neutral: str | None = None
    """Choice that changes nothing, beside the default: a model need not take it."""
    used_with: Condition | None = None
    """None: it always has an effect."""
    falls_back_to: str = ""
    """Field whose value a missing one stands for."""
    is_required: bool = False
    is_always_sent: bool = False
    """Sent although it has its default value."""
    recipe_key: str = ""
    """Key of its `Key: value` pair in A1111's text format; empty when it has no pair of its own."""
    affects_price: bool = False
    affects_duration: bool = False
    is_shown: bool = True
    """True: it is in the JSON of a tile, and so in the large view."""
    shown_as: str = ""
    """Key in the JSON of a tile; empty: its name."""
    is_null_unused: bool = False
    """True: a tile has null where it has no effect."""
    is_compared: bool = False
    """True: it is named in "what changed" by itself."""
    in_grid: bool = False
    """True: a list of values of it makes a grid."""
    grid_example: str = ""
    """Such a list, in the notation of domain/batch.py; empty: its whole range."""
    in_links: bool = True
    """True: drafts and links have it."""
    parameter_text: str = ""
    """Description of its parameter of `/generate`, in which `{range}`, `{step}` and `{choices}` stand for the field's
    own; empty when it is no parameter.
    """
    parameter_example: str = ""
    """Value of its parameter in examples; empty: its default."""
    description: str = ""
    """Description in our server's list of models."""

    @property
    def api_name(self) -> str:
        """Return the API's usual name for it, by which schemas name it; "" when it is not sent."""
        return self.api_names[0] if self.api_names else ""

    @property
    def parameter(self) -> str:
        """Return the name of its parameter of `/generate`: the API's, except for the two sides of the size."""
        return self.name if self.kind is Kind.SIDE else self.api_name

    @property
    def parameter_description(self) -> str:
        """Return the description of its parameter of `/generate`; "" when it is no parameter."""
        own = {"range": self.range_text(" to "), "step": f"{self.step:g}", "choices": _alternatives(self.choices)}
        # No str.format: other braces are those of JSON.
        text = self.parameter_text
        for name, value in own.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def holds(self, value: object) -> bool:
        """Return whether a value is a number in the range of the field; every number is where there is none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.minimum is None or self.minimum <= value) and (self.maximum is None or value <= self.maximum)

    def range_text(self, between: str) -> str:
        """Return both ends of the range, such as `1 to 20`; "" without one."""
        if self.minimum is None or self.maximum is None:
            return ""
        return f"{self.minimum:.12g}{between}{self.maximum:.12g}"

    @property
    def tile_key(self) -> str:
        """Return its key in the JSON of a tile."""
        return self.shown_as or self.name

    @property
    def label(self) -> str:
        """Return a title, for messages that have no better one."""
        return self.name.replace("_", " ").capitalize()

    @property
    def is_whole(self) -> bool:
        """Return whether its values are whole numbers."""
        return self.kind in (Kind.WHOLE, Kind.SIDE)

    @property
    def is_number(self) -> bool:
        """Return whether its values are numbers."""
        return self.is_whole or self.kind is Kind.NUMBER

    @property
    def has_range(self) -> bool:
        """Return whether its values are numbers in a range of the model."""
        return self.is_number and self.minimum is not None and self.maximum is not None


def _alternatives(choices: tuple[str, ...]) -> str:
    """Return choices as `a, b or c`."""
    *first, last = choices or ("",)
    return f"{', '.join(first)} or {last}" if first else last
