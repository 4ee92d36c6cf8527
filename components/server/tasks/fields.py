"""Parameters of the model, from the table of fields; the validation and the schema of /models are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from components.domain.field import Field as Row
from components.domain.field import Kind as FieldKind
from components.domain.field import TakenBy
from components.domain.fields import FIELDS as ROWS
from components.domain.fields import LORA_SCALE, NOT_INLINE, field_of
from components.engines.protocol import SupportsOptions, SupportsPresets, SupportsSamplers

MODEL = "stability-ai/sdxl-lora"
FAST_STEPS = "x-fast-steps"
"""Least and most steps of the preset fast."""
SCALE_LIMITS = LORA_SCALE.minimum, LORA_SCALE.maximum


class Kind(Enum):
    """Types by their names in JSON schema."""

    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. Minimum and maximum are inclusive."""

    name: str
    kind: Kind
    description: str
    default: str | float | bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    choice_aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other names of choices that are taken too."""
    own_facts: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Further facts of its JSON schema, by names of our own."""


_KINDS = {
    FieldKind.TEXT: Kind.STRING,
    FieldKind.CHOICE: Kind.STRING,
    FieldKind.SIDE: Kind.STRING,
    FieldKind.IMAGE: Kind.STRING,
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.WHOLE: Kind.INTEGER,
    FieldKind.LORAS: Kind.ARRAY,
}


def _parameter(row: Row) -> Field:
    """Return the parameter of a row; of the two sides the one text for both."""
    default = (
        f"{field_of('width').default}*{field_of('height').default}" if row.kind is FieldKind.SIDE else row.default
    )
    return Field(
        row.api_name,
        _KINDS[row.kind],
        row.description,
        # An empty prompt is none: a parameter that must be sent has no default.
        None if row.is_required else default,
        row.minimum,
        row.maximum,
        row.choices,
        row.is_required,
        row.choice_aliases,
    )


def _parameters(rows: Iterable[Row]) -> dict[str, Field]:
    parameters: dict[str, Field] = {}
    for row in rows:
        parameters.setdefault(row.api_name, _parameter(row))
    return parameters


_OF_ENGINES = _parameters(row for row in ROWS if row.api_names and row.taken_by is TakenBy.NONE)
"""Parameters that an engine may take."""
_OF_ALL = _parameters(row for row in ROWS if row.api_names and row.taken_by is not TakenBy.NONE)
BASE64 = Field(NOT_INLINE, Kind.BOOLEAN, "Answer with the picture itself, not its URL.", False)  # noqa: FBT003 - a default, not a flag of the call
SYNC = Field("enable_sync_mode", Kind.BOOLEAN, "Answer the submit when the picture is there.", False)  # noqa: FBT003
FIELDS = (*_OF_ALL.values(), BASE64, SYNC)
"""Parameters of every engine."""
PROMPT, SIZE, SEED, LORAS = (_OF_ALL[row.api_name] for row in map(field_of, ("prompt", "width", "seed", "loras")))
IMAGE, MASK = (_OF_ALL[field_of(name).api_name] for name in ("image", "mask"))
MIN_SIDE, MAX_SIDE = SIZE.minimum or 0, SIZE.maximum or 0
"""Pixels."""
VALUES = tuple(field for field in _OF_ALL.values() if field not in (PROMPT, SIZE, SEED, LORAS, IMAGE, MASK))
"""Parameters whose value an engine gets as it is."""


def fields_of(engine: object) -> tuple[Field, ...]:
    """Return the parameters that this engine takes beside those of every engine: presets, samplers, numbers."""
    chosen = (preset_of(engine), sampler_of(engine))
    return (*(field for field in chosen if field), *options_of(engine))


def preset_of(engine: object) -> Field | None:
    """Return the field that chooses one of the engine's presets; None: the engine has none."""
    if not isinstance(engine, SupportsPresets):
        return None
    offered = engine.presets()
    known = replace(_OF_ENGINES["preset"], default=offered.usual, choices=offered.names)
    return replace(known, own_facts={FAST_STEPS: [*offered.fast_steps]}) if offered.fast_steps else known


def sampler_of(engine: object) -> Field | None:
    """Return the field that chooses one of the engine's samplers; None: the engine has none."""
    names = engine.samplers() if isinstance(engine, SupportsSamplers) else ()
    return replace(_OF_ENGINES["sampler"], choices=names) if names else None


def options_of(engine: object) -> tuple[Field, ...]:
    """Return the further numbers that an engine takes."""
    names = engine.options() if isinstance(engine, SupportsOptions) else ()
    return tuple(field for field in _OF_ENGINES.values() if field.name in names)
