"""Async store: the methods of Store as coroutines. Database calls run one after the other in one thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from components import messages
from components.domain.request import SourceImage
from components.errors import StorageError
from components.storage.store import Store
from components.threads import image_threads, optional_threads

Params = ParamSpec("Params")
Result = TypeVar("Result")


def _in_order(
    method: Callable[Concatenate[Store, Params], Result],
) -> Callable[Concatenate[AsyncStore, Params], Awaitable[Result]]:
    """Return a coroutine function for a method that uses the database, see `AsyncStore.in_order`."""

    @wraps(method)
    async def call(self: AsyncStore, *args: Params.args, **kwargs: Params.kwargs) -> Result:
        return await self.in_order(method, self.blocking, *args, **kwargs)

    return call


def _in_any_thread(
    method: Callable[Concatenate[Store, Params], Result],
) -> Callable[Concatenate[AsyncStore, Params], Awaitable[Result]]:
    """Return a coroutine function for a method that uses image files alone: it need not wait for the database.

    It raises OSError as the method does.
    """

    @wraps(method)
    async def call(self: AsyncStore, *args: Params.args, **kwargs: Params.kwargs) -> Result:
        return await asyncio.to_thread(method, self.blocking, *args, **kwargs)

    return call


class AsyncStore:
    """Store for code on the event loop."""

    def __init__(self, store: Store) -> None:
        self.blocking = store
        """The store itself, for code that runs in a thread of its own."""
        # One thread: SQLite has one writer anyway, and calls keep the order in which they were made.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def in_order(self, work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
        """Run `work` in the store's thread, after all earlier calls. Raises StorageError when the disk fails."""
        try:
            # Shielded: a cancelled caller must not stop a write that is queued, such as the record of a submit.
            return await asyncio.shield(asyncio.wrap_future(self._thread.submit(work, *args, **kwargs)))
        except (OSError, sqlite3.Error) as error:
            raise StorageError(messages.STORE_TROUBLE) from error

    def close(self) -> None:
        """Finish all calls, then close the store."""
        self._thread.shutdown(wait=True)
        self.blocking.close()

    @property
    def is_on_disk(self) -> bool:
        """Return whether data is written to disk; False: it is in memory and lost when the process ends."""
        return self.blocking.is_on_disk

    @property
    def is_from_newer_version(self) -> bool:
        """Return whether a newer version wrote the folder: it is shown, and changes stay in memory."""
        return self.blocking.is_from_newer_version

    @property
    def may_be_set_back(self) -> bool:
        """Return whether the folder may be found as it was up to half a minute before a crash."""
        return self.blocking.may_be_set_back

    @property
    def is_unread(self) -> bool:
        """Return whether memory stands in for a database that is there and could not be read."""
        return self.blocking.is_unread

    @property
    def was_quarantined(self) -> bool:
        """Return whether an unreadable database was renamed and replaced by an empty one at the start."""
        return self.blocking.was_quarantined

    def image_file(self, name: str) -> Path | bytes | None:
        """Return the file of an image by its unguessable name, or its bytes from memory; None if it does not exist.

        Called on the event loop: it checks whether a file exists and opens none.
        """
        return self.blocking.image_file(name)

    async def thumbnail(self, name: str) -> Path | bytes | None:
        """Return the thumbnail of an image, see `Store.thumbnail`. Raises TooBusy."""
        return await optional_threads().run(self.blocking.thumbnail, name)

    async def binned_thumbnail(self, name: str) -> Path | bytes | None:
        """Return the thumbnail of an image that may be in the bin. Raises TooBusy."""
        return await optional_threads().run(self.blocking.binned_thumbnail, name)

    async def add_source(self, visitor: str, content: bytes, size: tuple[int, int], now: float) -> SourceImage:
        """Store an uploaded image, see `Store.add_source`. The database does not wait while its file is written."""
        try:
            source = await image_threads().run(self.blocking.write_source, content, size)
        except OSError as error:
            raise StorageError(messages.STORE_TROUBLE) from error
        return await self.record_source(visitor, source, now)

    add_jobs = _in_order(Store.add_jobs)
    save_job = _in_order(Store.save_job)
    mark_sent = _in_order(Store.mark_sent)
    remove_unknown_images = _in_order(Store.remove_unknown_images)
    delete_jobs = _in_order(Store.delete_jobs)
    put_in_bin = _in_order(Store.put_in_bin)
    take_out_of_bin = _in_order(Store.take_out_of_bin)
    in_bin = _in_order(Store.in_bin)
    bin_page = _in_order(Store.bin_page)
    bin_count = _in_order(Store.bin_count)
    expired_in_bin = _in_order(Store.expired_in_bin)
    oldest_in_bin = _in_order(Store.oldest_in_bin)
    transfer_jobs = _in_order(Store.transfer_jobs)
    set_favourite = _in_order(Store.set_favourite)
    job = _in_order(Store.job)
    jobs = _in_order(Store.jobs)
    open_jobs = _in_order(Store.open_jobs)
    completed = _in_order(Store.completed)
    page_of = _in_order(Store.page_of)
    count_jobs = _in_order(Store.count_jobs)
    claimed_tasks = _in_order(Store.claimed_tasks)
    submits_beside = _in_order(Store.submits_beside)

    search = _in_order(Store.search)
    filters = _in_order(Store.filters)
    expired = _in_order(Store.expired)
    oldest_first = _in_order(Store.oldest_first)
    size = _in_order(Store.size)
    latest_record = _in_order(Store.latest_record)
    record_cleanup = _in_order(Store.record_cleanup)
    cleanup_note = _in_order(Store.cleanup_note)
    presets = _in_order(Store.presets)
    change_presets = _in_order(Store.change_presets)

    note_lost_times = _in_order(Store.note_lost_times)
    unsearched_times = _in_order(Store.unsearched_times)
    reserved_submits = _in_order(Store.reserved_submits)
    record_search = _in_order(Store.record_search)
    forgotten_tasks = _in_order(Store.forgotten_tasks)
    restore_job = _in_order(Store.restore_job)
    set_bill = _in_order(Store.set_bill)
    unbilled = _in_order(Store.unbilled)
    spending_by_day = _in_order(Store.spending_by_day)
    reserve = _in_order(Store.reserve)
    spending_totals = _in_order(Store.spending_totals)
    freed_at = _in_order(Store.freed_at)
    spending_by_person = _in_order(Store.spending_by_person)
    set_switch = _in_order(Store.set_switch)

    record_source = _in_order(Store.record_source)
    sources_size = _in_order(Store.sources_size)
    unused_sources = _in_order(Store.unused_sources)
    delete_unused_sources = _in_order(Store.delete_unused_sources)
    source = _in_order(Store.source)
    drop_sources = _in_order(Store.drop_sources)
    upload_link = _in_order(Store.upload_link)
    save_upload = _in_order(Store.save_upload)
    forget_upload = _in_order(Store.forget_upload)

    open_temp = _in_any_thread(Store.open_temp)
    discard = _in_any_thread(Store.discard)
    image_bytes = _in_any_thread(Store.image_bytes)
    commit_image = _in_any_thread(Store.commit_image)
    commit_file = _in_any_thread(Store.commit_file)
