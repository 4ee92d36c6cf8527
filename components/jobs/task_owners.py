"""Task owners: which lost submits may own which tasks, when each of them owns one at most. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


class TaskOwners:
    """Owners of the tasks, one for each as far as there are enough, and who else may own them, by ids.

    What is the same in every way to give each task an owner is certain.
    """

    def __init__(self, possible: Mapping[str, Sequence[str]], known: Mapping[str, str]) -> None:
        """`possible`: jobs that may own a task, by task. Of these the first that has none yet owns it.

        That gives owners to as many tasks as can have one if the tasks are in the order of time, and the jobs of each
        in that in which their windows close. `known`: jobs that have a task already, by task.
        """
        self._possible = possible
        self.task_of = {job: task for task, job in known.items()}
        """Task of each job that owns one."""
        for task, jobs in possible.items():
            owner = None if task in known else next((job for job in jobs if job not in self.task_of), None)
            if owner is not None:
                self.task_of[owner] = task
        self._owner_of = {task: job for job, task in self.task_of.items()}
        self._tasks: dict[str, list[str]] = {}
        for task, jobs in possible.items():
            for job in jobs:
                self._tasks.setdefault(job, []).append(task)

    def is_explained(self, job: str) -> bool:
        """Return whether every task has an owner that is connected with a job by what they may own."""
        jobs, tasks = {job}, set[str]()
        left = [job]
        while left:
            new = set(self._tasks.get(left.pop(), ())) - tasks
            tasks |= new
            others = {other for task in new for other in self._possible[task]} - jobs
            jobs |= others
            left += others
        return tasks <= self._owner_of.keys()

    def may_own(self, task: str) -> set[str]:
        """Return all jobs that may own a task which has an owner, that one included."""
        return self._without([*self._free, self._owner_of[task]]).intersection(self._possible[task])

    def may_take_the_task_of(self, job: str) -> set[str]:
        """Return a job without a task, and all jobs that may have none in its place."""
        return self._without([job])

    def may_have_none(self, job: str) -> bool:
        """Return whether another job may own a task in place of this one."""
        return job in self._without(self._free)

    @property
    def _free(self) -> list[str]:
        return [job for job in self._tasks if job not in self.task_of]

    def _without(self, free: Collection[str]) -> set[str]:
        """Return these jobs without a task, and those that are without one when others take theirs."""
        found, left = set(free), list(free)
        while left:
            owners = {self._owner_of.get(task) for task in self._tasks.get(left.pop(), ())}
            new = {owner for owner in owners if owner is not None} - found
            found |= new
            left += new
        return found
