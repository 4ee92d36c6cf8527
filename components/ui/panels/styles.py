"""Styles panel: prompt styles, chosen in a dialog of its script, assets/ui/prompt/styles.js."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.prompts.styles import apply_styles, names_of
from components.ui.panels.prompt import PromptTexts


def with_styles(values: Mapping[str, Any], texts: PromptTexts) -> PromptTexts:
    """Return the texts with those of the chosen styles added. Raises InvalidRequest for an unknown style."""
    return PromptTexts(*apply_styles(texts.prompt, texts.negative_prompt, names_of(values.get("styles"))))
