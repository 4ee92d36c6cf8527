"""Notices: messages for all visitors, such as how long images are stored."""

from __future__ import annotations

from components import messages
from components.messages.message import Message
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.storage.async_store import AsyncStore


def notices_of(
    store: AsyncStore, config: HostConfig, backend: Backend, *, is_spending_unknown: bool, is_in_trouble: bool
) -> tuple[Message, ...]:
    """Return what holds for all visitors; `is_in_trouble`: the page says already that the service gives nothing."""
    found: list[Message] = []
    if store.was_quarantined:
        found.append(messages.SET_ASIDE)
    if store.is_from_newer_version:
        found.append(messages.NEWER_HISTORY)
    elif is_spending_unknown:
        found.append(messages.SPENDING_UNREAD)
    elif not store.is_on_disk:
        found.append(messages.HISTORY_NOT_STORED)
    elif not config.is_persistent:
        found.append(messages.UNTIL_RESTART)
    if notice := config.retention.notice:
        found.append(notice)
    is_used = not backend.is_host_key_unused(config.limits) and not is_in_trouble
    if is_used and not backend.family.is_from_api:
        found.append(messages.MODELS_UNAVAILABLE)
    return tuple(found)
