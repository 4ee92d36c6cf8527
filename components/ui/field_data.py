"""Field data: the table of fields as the page's scripts get it, JSON in the page's HTML."""

from __future__ import annotations

import json
from typing import Any

from components.domain.field import Field
from components.domain.fields import FIELDS, field_of
from components.domain.request import OPTIONS

ELEMENT_ID = "fields"
"""Id of the element, by which assets/ui/shared/fields.js finds it."""


def field_data() -> list[dict[str, Any]]:
    """Return what the scripts know of each field, in the order of the table."""
    return [_data(field) for field in FIELDS]


def field_data_html() -> str:
    """Return the element that holds the data; a browser runs no script of this type."""
    data = json.dumps(field_data()).replace("<", "\\u003c")
    return f'<script type="application/json" id="{ELEMENT_ID}">{data}</script>'


def _data(field: Field) -> dict[str, Any]:
    usual = field_of(field.falls_back_to).default if field.falls_back_to else field.default
    return {
        "name": field.name,
        "kind": field.kind.value,
        "label": field.label,
        "isNumber": field.is_number,
        "isWhole": field.is_whole,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "step": field.step,
        "maxLength": field.max_length,
        "usual": usual,
        "key": field.tile_key if field.is_shown else None,
        "isCompared": field.is_compared,
        "inGrid": field.in_grid,
        "gridExample": field.grid_example or field.range_text("-"),
        "inLinks": field.in_links,
        "affectsPrice": field.affects_price,
        "isOption": field in OPTIONS,
        "aliases": field.choice_aliases,
    }
