"""What an app computes of its scripts at its start, computed once in the process that apps are forked from."""

from __future__ import annotations

from components.ui import assets

assets.scripts()
