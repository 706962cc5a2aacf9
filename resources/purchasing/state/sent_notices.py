"""What people were told, and where: each event once at each address, whoever looks and however often it starts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import delete, select

from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import NoticeRow


class Notices:
    """The events of a show that were told."""

    def __init__(self, state: ShowState, *, clock: Callable[[], float] = time.time) -> None:
        self._state = state
        self._clock = clock

    def notified(self, event: str, address: str) -> bool:
        """Whether an event was told at an address, by its digest."""
        row = NoticeRow
        query = select(row.event).where(row.show == self._state.show, row.event == event, row.address == address)
        with self._state.store.reading() as session:
            return session.scalars(query).first() is not None

    @contextmanager
    def notifying(self, event: str, address: str) -> Iterator[bool]:
        """Tell an event at an address within this: True for the one who does, whom an error lets try again.

        It counts as told before it is sent: a machine that stops in between tells it to nobody, never twice.
        """
        row = NoticeRow
        mine = {"show": self._state.show, "event": event, "address": address}
        with self._state.store.writing(alone=True) as session:
            new = session.get(row, tuple(mine.values())) is None
            if new:
                session.add(row(**mine, told_at=self._clock()))
        if not new:
            yield False
            return
        try:
            yield True
        except BaseException:
            with self._state.store.writing() as session:
                session.execute(
                    delete(row).where(row.show == self._state.show, row.event == event, row.address == address)
                )
            raise
