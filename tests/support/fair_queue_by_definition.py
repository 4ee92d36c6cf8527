"""Fair queue by its definition: what is asked is computed from all entries, as a reference for the incremental one."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush


@dataclass(slots=True)
class _Entry:
    number: int
    """Order of arrival."""
    visitor: str
    turn: int | None = None
    """Its visitor's turn with which it started first; None before that."""


class FairQueueByDefinition:
    """Entries by name, each waiting or running, see FairQueue."""

    def __init__(self, capacity: int | None = None) -> None:
        """`capacity`: number of entries that run at once; None when it is not known here, see `order`."""
        self._capacity = capacity
        self.entries: dict[str, _Entry] = {}
        self._running: dict[str, str] = {}
        """Visitor by name of a running entry, the longest running first."""
        self._next_turns: dict[str, int] = {}
        """By visitor."""
        self._current_turn = 0
        self._count = 0

    @property
    def running_count(self) -> int:
        """Return the number of running entries."""
        return len(self._running)

    def add(self, name: str, visitor: str) -> None:
        """Add a waiting entry."""
        self._admit(visitor)
        self._insert(name, visitor)

    def add_running(self, name: str, visitor: str) -> None:
        """Add an entry that runs already and takes no turn; does nothing when the name is here."""
        if name not in self.entries:
            self._insert(name, visitor)
            self._running[name] = visitor

    def start(self, name: str) -> None:
        """Let a waiting entry run."""
        entry = self.entries[name]
        if entry.turn is None:
            entry.turn = self._next_turns[entry.visitor]
            self._next_turns[entry.visitor] += 1
        self._current_turn = entry.turn
        self._running[name] = entry.visitor

    def requeue(self, name: str) -> None:
        """Let a running entry wait again, with its number and its turn."""
        self._running.pop(name, None)

    def remove(self, name: str) -> None:
        """Remove an entry, if it is here."""
        self.entries.pop(name, None)
        self.requeue(name)

    def order(self) -> list[str]:
        """Return the waiting entries in the order in which they start if nothing else arrives.

        Without a capacity nothing is expected to end meanwhile; with one, the longest running entry ends whenever the
        next needs its place.
        """
        return list(self._starts())

    def running_with_a_turn(self) -> list[str]:
        """Return the running entries that were started here."""
        return [name for name in self._running if self.entries[name].turn is not None]

    def _insert(self, name: str, visitor: str) -> None:
        self._count += 1
        self.entries[name] = _Entry(self._count, visitor)

    def _admit(self, visitor: str) -> None:
        """Set the turn at which a visitor without waiting entries begins, and drop the turns that matter no more."""
        waiting = self._waiting()
        heads = [self._turn_of(entries[0][1], self._next_turns) for entries in waiting.values()]
        floor = min([self._current_turn, *heads])
        present = {*waiting, *self._running.values()}
        self._next_turns = {
            name: turn for name, turn in self._next_turns.items() if name in present or (waiting and turn > floor)
        }
        if visitor not in waiting:
            self._next_turns[visitor] = max(self._next_turns.get(visitor, floor), floor)

    def _waiting(self) -> dict[str, deque[tuple[str, _Entry]]]:
        """Return the waiting entries by visitor, in the order of their arrival."""
        waiting: dict[str, deque[tuple[str, _Entry]]] = {}
        for name, entry in self.entries.items():
            if name not in self._running:
                waiting.setdefault(entry.visitor, deque()).append((name, entry))
        return waiting

    def _starts(self) -> Iterator[str]:
        waiting, turns = self._waiting(), dict(self._next_turns)
        running = deque(self._running.values())
        counts = Counter(running)

        def rank(visitor: str) -> tuple[int, int, int]:
            entry = waiting[visitor][0][1]
            return counts[visitor], self._turn_of(entry, turns), entry.number

        # A heap, since of thousands of visitors one rank changes with each start; a place that is not the visitor's
        # rank any more is passed over.
        places = [(rank(visitor), visitor) for visitor in waiting]
        heapify(places)
        while waiting:
            if self._capacity and len(running) >= self._capacity:
                ended = running.popleft()
                counts[ended] -= 1
                if ended in waiting:
                    heappush(places, (rank(ended), ended))
            while (place := heappop(places))[1] not in waiting or place[0] != rank(place[1]):
                pass
            visitor = place[1]
            name, entry = waiting[visitor].popleft()
            turns[visitor] += entry.turn is None
            running.append(visitor)
            counts[visitor] += 1
            if waiting[visitor]:
                heappush(places, (rank(visitor), visitor))
            else:
                del waiting[visitor]
            yield name

    @staticmethod
    def _turn_of(entry: _Entry, next_turns: dict[str, int]) -> int:
        return next_turns[entry.visitor] if entry.turn is None else entry.turn
