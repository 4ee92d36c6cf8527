"""Gradio's sessions without copies of the page: Gradio 6.31 keeps in each the settings and values of all components.

They serve its deep links alone, which are closed here. Measured with 160 components: 35 ms of the event loop for a new
session, and all that its last press sent, up to 1 MB, for as long as it is remembered.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from gradio import blocks, route_utils, state_holder
from gradio.blocks import Blocks
from gradio.components import State
from gradio.state_holder import SessionState


class LeanSession(SessionState):
    """Session that stores states alone."""

    def __init__(self, blocks: Blocks) -> None:
        """Begin without what SessionState would copy; the attributes are its own."""
        self.blocks_config = copy(blocks.default_config)
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = 3600

    def __setitem__(self, key: int, value: Any) -> None:
        """Store the value of a state, or a component that an event has replaced."""
        if isinstance(self.blocks_config.blocks.get(key), State):
            super().__setitem__(key, value)
        else:
            self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        """Store nothing."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Store nothing."""


def use_lean_sessions() -> None:
    """Replace the class of Gradio's sessions, for good, in each module that makes some."""
    for module in (state_holder, blocks, route_utils):
        module.SessionState = LeanSession  # type: ignore[misc]
