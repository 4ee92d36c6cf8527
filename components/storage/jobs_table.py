"""Jobs table: jobs as rows of the database, each with its whole value as a JSON record."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from components import messages
from components.domain.bill import Bill
from components.domain.field import Field, Kind
from components.domain.fields import FIELDS
from components.domain.job import Job, JobState, StoredFile, StoredImage
from components.domain.request import GenerationRequest, LoraWeight, SourceImage, choice_of
from components.errors import InvalidRequest
from components.messages.message import Message, literal, message_of, message_record

Value = TypeVar("Value")

RECORD_VERSION = 2
"""Version of the records that are written: since 2 messages are codes in place of texts. Records from before there
were versions have no key `version`.
"""
_STORED_NAMES = {"images": "pictures", "problem": "trouble", "is_paused": "is_set_aside", "notes": "note"}
"""Keys of stored records that differ from field names, by field name: fields were renamed, records were not."""
_NOT_STORED = ("preview", "stage", "is_readable")
_UNKNOWN_AMOUNTS: dict[str, Any] = {"charged": None, "refunded": None}
"""Of a bill that lacks them: the merge in UPDATE removes keys whose value is null."""
_CHOICES = [field.name for field in FIELDS if field.kind is Kind.CHOICE]
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, InvalidRequest)

_log = logging.getLogger(__name__)

# STRICT, in all tables: SQLite would else store a text in a numeric column without an error. The last index makes sure
# that no two jobs adopt one task of the API, whatever was checked before.
TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    created REAL NOT NULL,
    ended REAL,
    state TEXT NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    task_id TEXT,
    record TEXT NOT NULL,
    binned REAL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_visitor ON jobs (visitor, created DESC);
CREATE INDEX IF NOT EXISTS open_jobs ON jobs (created) WHERE ended IS NULL;
CREATE INDEX IF NOT EXISTS binned_jobs ON jobs (visitor, binned) WHERE binned IS NOT NULL;
CREATE INDEX IF NOT EXISTS ended_tasks ON jobs (ended) WHERE task_id IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS one_job_a_task ON jobs (backend, task_id) WHERE task_id IS NOT NULL;
"""
INSERT = (
    "INSERT INTO jobs (id, visitor, created, ended, state, backend, model, task_id, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_KNOWN_IN_MESSAGES = ", ".join(
    f"'$.{message}.{key}'"
    for message in ("trouble", "seed_note")
    for key in ("code", "params", "charge", "happened", "advice")
)
UPDATE = (
    " ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, state = excluded.state,"
    " task_id = excluded.task_id,"
    f" record = json_set(json_patch(json_remove(record, {_KNOWN_IN_MESSAGES}), excluded.record),"
    " '$.visitor', visitor)"
)
"""Unknown keys of the stored record stay: json_patch merges (RFC 7396; a null removes a key). The visitor stays too: a
Job that was read before a TRANSFER still has the former one. Of a message all that is known is removed first:
merged, it would keep parameters of the one before.
"""
# A record that is no JSON moves as it is, so that its new owner sees that it cannot be read.
TRANSFER = (
    "UPDATE jobs SET visitor = ?, record = CASE WHEN json_valid(record) THEN json_set(record, '$.visitor', ?)"
    " ELSE record END WHERE visitor = ?"
)
NAMED_FILES = "SELECT id, json_valid(record), record FROM jobs WHERE state <> 'deleted' AND id > ? ORDER BY id LIMIT ?"
LATEST = "SELECT max(coalesce(max(created), 0), coalesce(max(ended), 0)) FROM jobs"
IS_SENT_OR_OVER = (
    "SELECT 1 FROM jobs WHERE id = ? AND (ended IS NOT NULL OR task_id IS NOT NULL OR record ->> '$.sent' IS NOT NULL)"
)
SET_FAVOURITE = "UPDATE jobs SET record = json_set(record, '$.is_favourite', json(?)) WHERE id = ?"
DELETE = "UPDATE jobs SET visitor = '', state = 'deleted', record = '{}' WHERE id = ?"
# Rows of deleted jobs stay, without content, so that a repeated request with their ids does not start jobs again.
NOT_DELETED = "(SELECT * FROM jobs WHERE state <> 'deleted')"
VISIBLE = "(SELECT * FROM jobs WHERE state <> 'deleted' AND binned IS NULL)"
"""Those that are not in the bin either, see `bin_table`."""
COLUMNS = "id, visitor, created, backend, model, record"
"""Columns that `read_all` takes."""


def to_record(job: Job) -> dict[str, Any]:
    """Return the stored record of a job, of JSON values."""
    record = {_STORED_NAMES.get(name, name): value for name, value in asdict(job).items() if name not in _NOT_STORED}
    record["version"] = RECORD_VERSION
    # Without a bill no key: a task that runs again has none in memory, and must not remove the one on disk.
    if record["bill"] is None:
        del record["bill"]
    record["state"] = job.state.value
    # An option has the key that it would have as an attribute.
    record["request"] |= dict(record["request"].pop("options"))
    record["request"] |= {name: job.request.plain_value(name) for name in _CHOICES}
    record["trouble"] = message_record(job.problem) if job.problem else None
    # A text, where there is none: earlier versions, which stored texts, wrote it so.
    record["note"] = [message_record(note) for note in job.notes] or ""
    record["seed_note"] = message_record(job.seed_note) if job.seed_note else ""
    return record


def from_record(record: Mapping[str, Any]) -> Job:
    """Return the job in a stored record of any version; unknown keys are ignored.

    Raises KeyError, TypeError, ValueError, AttributeError or InvalidRequest for an invalid record.
    """
    values = {field.name: record.get(_STORED_NAMES.get(field.name, field.name)) for field in fields(Job)}
    parts: dict[str, Any] = {
        "request": _request(record["request"]),
        "state": JobState(record["state"]),
        "images": tuple(_from_known_keys(StoredImage, image) for image in record.get("pictures") or ()),
        "files": tuple(_from_known_keys(StoredFile, file) for file in record.get("files") or ()),
        "problem": message_of(record["trouble"]) if record.get("trouble") else None,
        "notes": _notes(record.get("note")),
        "seed_note": next(iter(_notes(record.get("seed_note"))), None),
        "links": tuple(record.get("links") or ()),
        "bill": _from_known_keys(Bill, _UNKNOWN_AMOUNTS | record["bill"]) if record.get("bill") else None,
    }
    return Job(**{name: value for name, value in values.items() if value is not None} | parts)


def row(job: Job) -> tuple[object, ...]:
    """Return the values for INSERT, in the order of the columns."""
    # Escaped: SQLite stores UTF-8, which half a surrogate pair does not have.
    record = json.dumps(to_record(job), ensure_ascii=True)
    return (
        job.id,
        job.visitor,
        job.created,
        job.ended,
        job.state.value,
        job.backend,
        job.model,
        job.task_id,
        record,
    )


def read(rows: Iterable[tuple[str]]) -> list[Job]:
    """Return the jobs in rows of one column, the record; those with an invalid record are left out."""
    return [job for (record,) in rows if (job := _job_or_none(record))]


def read_all(rows: Iterable[tuple[Any, ...]]) -> list[Job]:
    """Return the jobs in rows of COLUMNS; for an invalid record a failed job, which says so on the page."""
    return [_job_or_none(columns[-1]) or _unreadable_job(*columns) for columns in rows]


def _job_or_none(record: str) -> Job | None:
    try:
        return from_record(json.loads(record))
    except _UNREADABLE:
        _log.exception("a job on disk cannot be read")
        return None


def _unreadable_job(job_id: str, visitor: str, created: float, backend: str, model: str, record: str) -> Job:
    """Return a failed job in place of one with an invalid record; `is_readable` is False, so it is never written."""
    press, _, number = job_id.rpartition("-")
    return Job(
        job_id,
        visitor,
        press,
        int(number) if number.isdecimal() else 1,
        backend,
        model,
        GenerationRequest(_prompt_in(record) or "?"),
        created,
        state=JobState.FAILED,
        ended=created,
        problem=messages.RECORD_UNREADABLE,
        is_readable=False,
    )


def _prompt_in(record: str) -> str:
    try:
        # From a record that was not valid as a whole: nothing of its form is certain.
        prompt = json.loads(record)["request"]["prompt"]
    except (KeyError, TypeError, ValueError):
        return ""
    return prompt.strip().encode("utf-8", "replace").decode() if isinstance(prompt, str) else ""


def _from_known_keys(kind: type[Value], record: Mapping[str, Any]) -> Value:
    """Return a dataclass from a record; keys without a field are ignored."""
    names = {field.name for field in fields(kind)}  # pyright: ignore[reportArgumentType] - dataclasses alone come here
    return kind(**{name: value for name, value in record.items() if name in names})


def _notes(stored: Any) -> tuple[Message, ...]:
    """Return notes of any version of a record: a text, as they once were stored, one message, or a list of them."""
    if isinstance(stored, str):
        return (literal(stored),) if stored else ()
    return tuple(message_of(note) for note in ([stored] if isinstance(stored, Mapping) else stored or ()))


def _request(record: Mapping[str, Any]) -> GenerationRequest:
    known = [field for field in FIELDS if field.name in record]
    return GenerationRequest.of({field.name: _stored_value(field, record[field.name]) for field in known})


def _stored_value(field: Field, value: Any) -> Any:
    if field.kind is Kind.LORAS:
        return tuple(_from_known_keys(LoraWeight, lora) for lora in value or ())
    if field.kind is Kind.IMAGE:
        return _source(value)
    if field.kind is Kind.CHOICE:
        name = value or field.default
        return choice_of(field.name, name) if name else None
    return value


def _source(record: Mapping[str, Any] | None) -> SourceImage | None:
    return _from_known_keys(SourceImage, record) if record else None
