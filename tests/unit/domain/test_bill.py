"""Bill: entries of the service's list as what a task cost, in a unit that no source states for certain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.domain.bill import LOOK_SECONDS, BilledTask, BillEntry, BillOutcome, amount_in_micros, bill_of

TASK = BilledTask("j-1", "hosted", "t", quote=10_000, ended=1000.0, has_image=True)
FAILED = replace(TASK, has_image=False)
DAYS_LATER = 1000.0 + LOOK_SECONDS[-1]


@pytest.mark.parametrize(
    ("amount", "quote", "micros"),
    [
        (0.01, 10_000, 10_000),
        (0.0125, 10_000, 12_500),
        (24_300, 24_000, 24_300),
        (2, 1_900_000, 2_000_000),
        (1.0, 1_000_000, 1_000_000),
        (0, None, 0),
        (0.0, 10_000, 0),
        (0.04, None, 40_000),
        (24_300, None, 24_300),
        (24_300.0, None, 24_300),
        (1, None, None),
        (20_000_000, None, None),
        (5, 10_000, None),
        (900.5, 10_000, None),
        (True, 10_000, None),
        ("0.01", 10_000, None),
        (float("nan"), 10_000, None),
        (float("inf"), 10_000, None),
    ],
)
def test_an_amount_is_read_in_the_unit_that_fits_the_quoted_price(amount, quote, micros):
    assert amount_in_micros(amount, quote) == micros


@pytest.mark.parametrize("quote", [1, 500, 5_000, 24_300, 1_000_000, 40_000_000])
def test_never_do_both_units_fit(quote):
    for factor in (0.5, 1, 2):
        micros = int(quote * factor) or 1
        assert amount_in_micros(micros, quote) in (micros, None)
        assert amount_in_micros(micros / 1_000_000, quote) in (micros, None)


def test_a_picture_without_an_entry_has_no_bill_yet():
    assert bill_of(TASK, [], DAYS_LATER) is None


def test_a_failure_without_an_entry_was_not_charged_after_a_minute():
    assert bill_of(FAILED, [], 1030.0) is None
    bill = bill_of(FAILED, [], 1060.0)
    assert bill and (bill.outcome, bill.is_final) == (BillOutcome.NOT_CHARGED, False)
    last = bill_of(FAILED, [], DAYS_LATER)
    assert last and last.is_final


@pytest.mark.parametrize(
    ("task", "entries", "cost", "outcome", "is_final"),
    [
        (TASK, [BillEntry("t", 0.01)], 10_000, BillOutcome.CHARGED, True),
        (TASK, [BillEntry("t", 0.01, is_open=True)], 10_000, BillOutcome.CHARGED, False),
        (TASK, [BillEntry("t", 0.0)], 0, BillOutcome.NOT_CHARGED, True),
        (FAILED, [BillEntry("t", 0.01)], 10_000, BillOutcome.CHARGED, False),
        (FAILED, [BillEntry("t", 0.01), BillEntry("t", 0.01, is_refund=True)], 0, BillOutcome.REFUNDED, True),
        (FAILED, [BillEntry("t", 0.01), BillEntry("t", 0.006, is_refund=True)], 4_000, BillOutcome.CHARGED, False),
        (TASK, [BillEntry("t", 77)], None, BillOutcome.NOT_KNOWN, True),
        (TASK, [BillEntry("t", 0.01), BillEntry("t", 77, is_refund=True)], None, BillOutcome.NOT_KNOWN, True),
    ],
)
def test_entries_are_what_a_task_cost(task, entries, cost, outcome, is_final):
    bill = bill_of(task, entries, 1005.0)
    assert bill and (bill.cost, bill.outcome, bill.is_final) == (cost, outcome, is_final)
