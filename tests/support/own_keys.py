"""Visitors' own keys in tests of the core."""

from __future__ import annotations

import asyncio

from components.budget.limits import Access, BudgetLimits
from components.domain.person import Person
from tests.support.addresses import HERE
from tests.support.core import Rig
from tests.support.scripted_api import ALICE, ScriptedApi

ALICE_KEY, BOB_KEY = "wsk-canary-of-alice-1a2b", "wsk-canary-of-bob-3c4d"
OWN_ONLY = BudgetLimits(access=Access.OWN_KEY_ONLY, is_local=False)


async def token_of(rig: Rig, key: str = ALICE_KEY, visitor: str = ALICE) -> str:
    """Store a visitor's key and return its token."""
    return (await rig.accounts.use_key(Person(visitor), key, HERE)).token


def silent(api: ScriptedApi) -> asyncio.Event:
    """Leave submits without a response until the returned event is set."""
    api.gate = asyncio.Event()
    return api.gate


def unfinished(api: ScriptedApi) -> None:
    """Let no task finish."""
    api.course = [{"status": "processing"}]


def finished(api: ScriptedApi) -> None:
    """Let every task finish at its next poll."""
    api.course = [{"status": "completed"}]
