"""When a server process is taken to hang: after so many probes in a row that it did not answer."""

from __future__ import annotations

import socket

import pytest

from components.server.process.health import HangDetector, ProbeBounds, probe


def probes_until_hung(detector: HangDetector) -> int:
    """Return the number of probes without an answer after which it hangs."""
    return next(number for number in range(1, 1000) if detector.observe(answered=False))


def test_by_default_thirty_seconds_without_an_answer_are_waited_for():
    bounds = ProbeBounds()
    assert (bounds.pause + bounds.timeout) * bounds.failures == 30


def test_an_answer_between_begins_the_count_again():
    detector = HangDetector(ProbeBounds(failures=3))
    answers = [False, False, True, False, False, None, False, True]
    assert [detector.observe(answered=answer) for answer in answers] == [False] * 6 + [True, False]


def test_a_process_that_is_only_slow_is_given_more_time_after_each_start():
    detector = HangDetector(ProbeBounds(failures=5))
    assert [probes_until_hung(detector) for _ in range(6)] == [5, 10, 20, 40, 40, 40]


def test_a_server_that_takes_connections_and_is_silent_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert probe(listener.getsockname()[1], 0.05) is False


def test_a_port_that_no_one_listens_at_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert probe(port, 1) is False


def test_a_probe_that_could_not_be_made_says_nothing(monkeypatch: pytest.MonkeyPatch):
    def no_more_files(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "create_connection", no_more_files)
    assert probe(9, 1) is None
