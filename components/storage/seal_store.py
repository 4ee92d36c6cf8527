"""Sealed records: jobs that browsers keep, so that a folder that a crash has set back gets them again.

Every call blocks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import sqlite3
import zlib
from functools import cached_property

from components.domain.job import Job
from components.errors import InvalidRequest
from components.storage import forgotten_table, jobs_table, search_table, spending_table
from components.storage.data_folder import DataFolder

_KEY_BYTES = 32
_MOST_BYTES = 100_000
"""Of one record: a seal is made here, but who keeps it may send anything."""
_IS_DELETED = "SELECT 1 FROM jobs WHERE id = ? AND (state = 'deleted' OR binned IS NOT NULL)"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, InvalidRequest, zlib.error, binascii.Error)


class SealStore(DataFolder):
    """Sealed records of one data folder."""

    def seal_by(self, secret: str) -> None:
        """Seal by a secret that is not in the folder, which may be set back to before its own was made."""
        self._seal_key = hashlib.sha256(b"job seals " + secret.encode()).digest()

    def seal(self, job: Job) -> str:
        """Return a job's record, sealed; empty where the folder cannot be set back."""
        if not self.may_be_set_back or not job.is_readable:
            return ""
        record = zlib.compress(json.dumps(jobs_table.to_record(job)).encode())
        return f"{self._mac(record)}.{base64.urlsafe_b64encode(record).decode()}"

    def unsealed(self, text: str) -> Job | None:
        """Return the job of a sealed record; None for one that was not sealed here."""
        mac, _, body = text.partition(".")
        try:
            record = base64.urlsafe_b64decode(body)
            if not hmac.compare_digest(self._mac(record).encode(), mac.encode()):
                return None
            return jobs_table.from_record(json.loads(zlib.decompressobj().decompress(record, _MOST_BYTES)))
        except _UNREADABLE:
            return None

    def restore_job(self, job: Job) -> bool:
        """Write a job that may be missing here, and its cost; return False, with nothing written, when it is deleted
        here or its task is another job's.
        """

        def write(db: sqlite3.Connection) -> bool:
            if db.execute(_IS_DELETED, (job.id,)).fetchone():
                return False
            db.execute(jobs_table.INSERT + jobs_table.UPDATE, jobs_table.row(job))
            search_table.index(db, job)
            forgotten_table.count_restored(db, job)
            if not job.key:
                made = job.accepted or job.sent or job.created
                db.execute(spending_table.RESTORE, (job.id, job.person, made, job.price or 0))
            return True

        try:
            return self._db.write(write)
        except sqlite3.IntegrityError:
            return False

    def _mac(self, record: bytes) -> str:
        return hmac.digest(self._seal_key, record, "sha256").hex()

    @cached_property
    def _seal_key(self) -> bytes:
        """Return the key in the folder, made at its first use; one in memory where it cannot be stored."""
        key = secrets.token_bytes(_KEY_BYTES)
        if not self._database:
            return key
        path = self._database.with_name("playground.seal")
        try:
            if path.is_file() and len(stored := path.read_bytes()) == _KEY_BYTES:
                return stored
            path.touch(mode=0o600)
            path.write_bytes(key)
        except OSError:
            pass
        return key
