"""Spending store: what counts against the host's limits, and the host's switches."""

from __future__ import annotations

from components.budget.limits import DAY, MONTH, PersonSpending, SpendingTotals, Window
from components.storage import spending_table
from components.storage.data_folder import DataFolder


class SpendingStore(DataFolder):
    """Store of the host's spending in a data folder."""

    def spending_totals(self, payer_name: str, now: float, *, is_stopped: bool = False) -> SpendingTotals:
        """Return the amounts that count against the limits of a person, at `now` in Unix seconds.

        `is_stopped` is the state of the switch while it was never set.
        """
        self._mark_ahead(now)
        return self._db.write(lambda db: spending_table.totals(db, payer_name, now, now, is_stopped=is_stopped))

    def freed_at(self, payer_name: str, window: Window, excess: int, now: float) -> float | None:
        """Return when a limit has room again, see `spending_table.freed_at`."""
        return self._db.write(lambda db: spending_table.freed_at(db, payer_name, window, excess, now))

    def spending_by_person(self, now: float) -> list[PersonSpending]:
        """Return the spending per person in the last 30 days, the largest first."""
        return [PersonSpending(*row) for row in self._db.read(spending_table.BY_PERSON, (now - DAY, now - MONTH))]

    def set_switch(self, name: str, *, is_on: bool) -> None:
        """Set a switch of the host, such as STOP_SWITCH."""
        self._db.write(lambda db: db.execute(spending_table.SET_SWITCH, (name, int(is_on))))

    def _mark_ahead(self, now: float) -> None:
        self._db.write(lambda db: db.execute(spending_table.MARK_AHEAD, {"now": now}))
