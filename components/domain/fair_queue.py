"""Fair queue: visitors who wait for the same thing take turns. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import chain
from typing import Any


@dataclass(slots=True)
class _Entry:
    number: int
    """Order of arrival."""
    name: str
    visitor: _Visitor
    turn: int | None = None
    """Its visitor's turn with which it started first; None before that."""


@dataclass(slots=True, eq=False)
class _Visitor:
    name: str
    waiting: list[_Entry] = field(default_factory=list["_Entry"])
    """In the order of their arrival."""
    running: int = 0
    next_turn: int | None = None
    """Turn of the next entry to start; None for a visitor of running entries alone, which took no turn."""
    place: _Place | None = None
    """As it is sorted among the visitors who wait; None: nothing waits."""
    started: int = 0
    """Number of the waiting entries that have started where starts are foreseen, else 0."""

    def turn_of(self, entry: _Entry) -> int:
        """Return the turn with which a waiting entry starts."""
        turn = self.next_turn if entry.turn is None else entry.turn
        assert turn is not None, "a visitor that waits has a next turn"
        return turn

    def new_place(self) -> _Place | None:
        """Return its place after a change of its entries."""
        if self.started == len(self.waiting):
            return None
        first = self.waiting[self.started]
        return self.running, self.turn_of(first), first.number, self


_Place = tuple[int, int, int, _Visitor]
"""Running entries, then turn and number of the first waiting one; numbers differ, so that the rest is not compared."""


class FairQueue:
    """Entries by name, each waiting or running.

    The next to start is of the visitor with the fewest running entries, among those of the one with the lowest turn,
    then the one that arrived first. A visitor's own entries start in the order of their arrival.

    A visitor's turns count up as entries start. A visitor without waiting entries begins at the turn that is current
    (start-time fair queuing, Goyal 1996), neither ahead for its idle time nor behind for what ran before. So of each
    other visitor, at most one entry starts before the only entry of a new one.

    A change, and the next to start, cost a few searches in sorted lists, a position a step for each entry before.
    """

    def __init__(self, capacity: int | None = None) -> None:
        """`capacity`: number of entries that run at once; None when it is not known here, see `starts`."""
        self._capacity = capacity
        self._waiting: dict[str, _Entry] = {}
        self._running: dict[str, _Entry] = {}
        """The longest running first."""
        self._visitors: dict[str, _Visitor] = {}
        """Those with entries, and those whose next turn is ahead of all who wait."""
        self._places: list[_Place] = []
        self._turns: list[int] = []
        """Sorted, of the first waiting entry of each visitor."""
        self._idle: list[tuple[int, str]] = []
        """Next turns and names of the visitors without entries, sorted."""
        self._current_turn = 0
        self._count = 0
        self._positions: dict[str, int] = {}
        """The first positions, as far as they were asked for since the last change."""
        self._rest = self.starts()
        """The waiting entries behind these."""

    @property
    def running_count(self) -> int:
        """Return the number of running entries."""
        return len(self._running)

    @property
    def waiting_count(self) -> int:
        """Return the number of waiting entries."""
        return len(self._waiting)

    def add(self, name: str, visitor: str) -> None:
        """Add a waiting entry."""
        floor = self._floor()
        self._forget_idle(floor)
        owner = self._visitor(visitor)
        if not owner.waiting:
            owner.next_turn = max(floor if owner.next_turn is None else owner.next_turn, floor)
        entry = self._waiting[name] = self._entry(name, owner)
        owner.waiting.append(entry)
        self._changed(owner)

    def add_running(self, name: str, visitor: str) -> None:
        """Add an entry that runs already and takes no turn; does nothing when the name is here."""
        if name not in self._waiting and name not in self._running:
            owner = self._visitor(visitor)
            self._run(self._entry(name, owner))

    def start(self, name: str) -> None:
        """Let a waiting entry run."""
        entry = self._waiting[name]
        self._current_turn = entry.visitor.turn_of(entry)
        if entry.turn is None:
            entry.turn = self._current_turn
            entry.visitor.next_turn = entry.turn + 1
        self._stop_waiting(entry)
        self._run(entry)

    def requeue(self, name: str) -> None:
        """Let a running entry wait again, with its number and its turn; does nothing for one that does not run."""
        if entry := self._running.pop(name, None):
            visitor = entry.visitor
            visitor.running -= 1
            visitor.next_turn = self._floor() if visitor.next_turn is None else visitor.next_turn
            self._waiting[name] = entry
            insort(visitor.waiting, entry, key=_number_of)
            self._changed(visitor)

    def remove(self, name: str) -> None:
        """Remove an entry, if it is here."""
        if entry := self._waiting.get(name):
            self._stop_waiting(entry)
            self._changed(entry.visitor)
        elif entry := self._running.pop(name, None):
            entry.visitor.running -= 1
            self._changed(entry.visitor)

    def is_waiting(self, name: str) -> bool:
        """Return whether this entry waits."""
        return name in self._waiting

    def next_start(self) -> str | None:
        """Return the entry that starts next; None when nothing waits."""
        return next(self.starts(), None)

    def position(self, name: str) -> int | None:
        """Return the number of entries that start before a waiting one if nothing else arrives; None: it waits not."""
        if name not in self._waiting:
            return None
        while name not in self._positions:
            self._positions[next(self._rest)] = len(self._positions)
        return self._positions[name]

    def starts(self) -> Iterator[str]:
        """Yield the waiting entries in the order in which they start if nothing else arrives, until a change.

        Without a capacity nothing is expected to end meanwhile; with one, the longest running entry ends whenever the
        next needs its place.
        """
        foreseen = _Foreseen(self._places)
        started: list[_Visitor] = []
        ending = chain((entry.visitor for entry in self._running.values()), started)
        running = len(self._running)
        while True:
            if self._capacity and running >= self._capacity:
                foreseen.end(next(ending))
                running -= 1
            entry = foreseen.start()
            if entry is None:
                return
            started.append(entry.visitor)
            running += 1
            yield entry.name

    def _floor(self) -> int:
        """Return the turn at which a visitor without waiting entries begins."""
        return min([self._current_turn, *self._turns[:1]])

    def _forget_idle(self, floor: int) -> None:
        """Drop the turns that matter no more: all when nothing waits, else those that are not ahead of all others."""
        count = bisect_left(self._idle, (floor + 1, "")) if self._turns else len(self._idle)
        for _, name in self._idle[:count]:
            del self._visitors[name]
        del self._idle[:count]

    def _visitor(self, name: str) -> _Visitor:
        visitor = self._visitors.get(name)
        if visitor is None:
            visitor = self._visitors[name] = _Visitor(name)
        elif not visitor.waiting and not visitor.running and visitor.next_turn is not None:
            _discard(self._idle, (visitor.next_turn, name))
        return visitor

    def _entry(self, name: str, visitor: _Visitor) -> _Entry:
        self._count += 1
        return _Entry(self._count, name, visitor)

    def _run(self, entry: _Entry) -> None:
        self._running[entry.name] = entry
        entry.visitor.running += 1
        self._changed(entry.visitor)

    def _stop_waiting(self, entry: _Entry) -> None:
        del self._waiting[entry.name]
        waiting = entry.visitor.waiting
        del waiting[bisect_left(waiting, entry.number, key=_number_of)]

    def _changed(self, visitor: _Visitor) -> None:
        """Sort a visitor in again after a change of its entries; the positions have changed."""
        place = visitor.new_place()
        if place != visitor.place:
            self._move(visitor, place)
        if not visitor.waiting and not visitor.running:
            self._set_idle(visitor)
        self._positions, self._rest = {}, self.starts()

    def _move(self, visitor: _Visitor, place: _Place | None) -> None:
        if visitor.place is not None:
            _discard(self._places, visitor.place)
            _discard(self._turns, visitor.place[1])
        if place is not None:
            insort(self._places, place)
            insort(self._turns, place[1])
        visitor.place = place

    def _set_idle(self, visitor: _Visitor) -> None:
        """Remember only the next turn of a visitor without entries."""
        if visitor.next_turn is None:
            del self._visitors[visitor.name]
        else:
            insort(self._idle, (visitor.next_turn, visitor.name))


class _Foreseen:
    """Visitors in the course of foreseen starts: those of the queue, and copies of those that have moved meanwhile."""

    def __init__(self, places: Iterable[_Place]) -> None:
        self._unmoved = iter(places)
        self._first_unmoved = next(self._unmoved, None)
        self._copies: dict[str, _Visitor] = {}
        self._moved: list[_Place] = []
        """Heap of their places; those that were left meanwhile are passed over."""

    def end(self, visitor: _Visitor) -> None:
        """Let one entry of a visitor end."""
        if visitor.waiting:
            copy = self._copy(visitor)
            copy.running -= 1
            self._move(copy)

    def start(self) -> _Entry | None:
        """Let the next entry start, and return it; None when nothing waits."""
        place = self._next_place()
        if place is None:
            return None
        visitor = self._copy(place[3])
        entry = visitor.waiting[visitor.started]
        visitor.started += 1
        visitor.running += 1
        if entry.turn is None:
            visitor.next_turn = place[1] + 1
        self._move(visitor)
        return entry

    def _next_place(self) -> _Place | None:
        while (unmoved := self._first_unmoved) and unmoved[3].name in self._copies:
            self._first_unmoved = next(self._unmoved, None)
        while self._moved and self._moved[0] is not self._moved[0][3].place:
            heappop(self._moved)
        moved = self._moved[0] if self._moved else None
        return min(unmoved, moved) if unmoved and moved else unmoved or moved

    def _copy(self, visitor: _Visitor) -> _Visitor:
        copy = self._copies.get(visitor.name)
        if copy is None:
            copy = self._copies[visitor.name] = replace(visitor)
        return copy

    def _move(self, copy: _Visitor) -> None:
        copy.place = copy.new_place()
        if copy.place:
            heappush(self._moved, copy.place)


def _number_of(entry: _Entry) -> int:
    return entry.number


def _discard(items: list[Any], item: Any) -> None:
    """Remove an item of a sorted list."""
    del items[bisect_left(items, item)]
