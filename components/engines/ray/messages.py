"""Messages of the engine: what a picture waits for, and why no machine makes it."""

from __future__ import annotations

from components.messages.message import Message

STARTING = Message("stage_ray_starting")
WAITING = Message("stage_ray_waiting")
AGAIN = Message("stage_ray_again")
GONE = Message("engine_ray_gone")
UNREACHABLE = Message("engine_ray_unreachable")
