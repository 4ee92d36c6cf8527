"""S12: nothing secret stands in a log, whoever writes it."""

from __future__ import annotations

import io
import logging

import pytest

from components.net.redaction import HIDDEN, redact_logs, redacted

KEY = "wsk-canary-0123456789"


@pytest.mark.parametrize(
    "text",
    [
        f"the key is {KEY}",
        f"Authorization: Bearer {KEY}",
        f"'authorization': 'bearer {KEY}'",
        f"https://cdn.test/a.png?X-Signature={KEY}&Expires=1",
        f"https://cdn.test/a.png#token={KEY}",
        f"https://user:{KEY}@cdn.test/a.png",
    ],
)
def test_s12_keys_and_signed_addresses_are_taken_out(text):
    assert KEY not in redacted(text, (KEY,))


@pytest.mark.parametrize("text", ["Bearer other-key", "https://cdn.test/a.png?sig=abcdef", "https://me:pw@cdn.test/"])
def test_s12_also_what_nobody_named(text):
    clean = redacted(text)
    assert clean != text
    assert "other-key" not in clean and "abcdef" not in clean and "pw" not in clean


def test_s12_what_holds_no_secret_stays_as_it_is():
    text = "job 12-1: GET https://api.test/api/v3/predictions/1/result gave 503"
    assert redacted(text, (KEY,)) == text


@pytest.fixture
def log():
    """A logger of some library, redacted as the app's are."""
    usual = logging.getLogRecordFactory()
    redact_logs(KEY)
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logger = logging.getLogger("some.library")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, said
    logger.removeHandler(handler)
    logger.propagate = True
    logging.setLogRecordFactory(usual)


def test_s12_arguments_of_a_record_are_redacted(log):
    logger, said = log
    logger.warning("sent %s to %s", {"authorization": f"Bearer {KEY}"}, "https://cdn.test/a?sig=abcdef")
    assert KEY not in said.getvalue() and "abcdef" not in said.getvalue()
    assert HIDDEN in said.getvalue()


def test_s12_tracebacks_are_redacted(log):
    logger, said = log
    try:
        raise ValueError(f"bad header {KEY}")
    except ValueError:
        logger.exception("it failed")
    assert "Traceback" in said.getvalue() and "ValueError" in said.getvalue()
    assert KEY not in said.getvalue()
