"""Settings from environment variables that a test chooses."""

from __future__ import annotations

import pytest

from components.errors import SetupError
from components.settings import Settings

KEY = "wsk-canary-0123456789"


def settings(**env: str) -> Settings:
    """Return the settings of an environment with these variables alone."""
    return Settings.from_env({"HOME": "/home/x", **env})


def refused(**env: str) -> str:
    """Return the message of the SetupError that an environment raises."""
    with pytest.raises(SetupError) as caught:
        settings(**env)
    return str(caught.value)
