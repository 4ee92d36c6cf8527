"""Bill store: what tasks cost in truth, in the records of jobs and in the spending table. Every call blocks."""

from __future__ import annotations

from components.budget.limits import DaySpending
from components.domain.bill import Bill, BilledTask
from components.domain.job import Job
from components.storage import bill_table
from components.storage.data_folder import DataFolder


class BillStore(DataFolder):
    """Bills of the tasks of one data folder."""

    def set_bill(self, job_id: str, bill: Bill) -> Job | None:
        """Write what a task cost in truth, and count that against the budget.

        Return the job; None: it is deleted, or in the bin.
        """
        return self._db.write(lambda db: bill_table.set_bill(db, job_id, bill))

    def unbilled(self, since: float) -> list[BilledTask]:
        """Return the tasks that ended after a time and have no final bill, those of deleted jobs of the host too."""
        return self._db.write(lambda db: bill_table.unbilled(db, since))

    def spending_by_day(self, since: float) -> list[DaySpending]:
        """Return what was expected and what was billed on each day (UTC) after a time, the newest first."""
        return [DaySpending(*row) for row in self._db.read(bill_table.BY_DAY, (since,))]
