"""Which episodes of a show are put away, and putting one away: its records go, and nothing that it bought.

Dagster, and what lies in the output folder, are not known here.
"""

import time
from collections.abc import Callable

from sqlalchemy import delete, select

from resources.core.errors import ContentError
from resources.core.names import check_episode
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.tables import ArchivedRow, RecordRow


class Archive:
    """The archived episodes of a show."""

    def __init__(self, state: ShowState, *, clock: Callable[[], float] = time.time) -> None:
        self._state = state
        self._clock = clock

    def episodes(self) -> frozenset[str]:
        """The names of all that are archived."""
        query = select(ArchivedRow.episode).where(ArchivedRow.show == self._state.show)
        with self._state.store.reading() as session:
            return frozenset(session.scalars(query))

    def put(self, episode: str) -> int:
        """Archive an episode: all of its records in every mode are removed; returns how many there were."""
        row, cell = RecordRow, {"show": self._state.show, "episode": check_episode(episode)}
        mine = (row.show == self._state.show, row.episode == episode)
        with self._state.store.writing(alone=True) as session:
            session.execute(self._state.store.upsert(ArchivedRow, cell, {"archived_at": self._clock()}))
            found = session.execute(select(row.asset).where(*mine)).all()
            session.execute(delete(row).where(*mine))
            return len(found)

    def take_back(self, episode: str) -> bool:
        """Make an episode one of the show's again; False where it is not archived."""
        row = ArchivedRow
        mine = (row.show == self._state.show, row.episode == check_episode(episode))
        with self._state.store.writing(alone=True) as session:
            found = session.scalars(select(row.episode).where(*mine)).first()
            session.execute(delete(row).where(*mine))
            return found is not None

    def refuse(self, *episodes: str) -> None:
        """Raise ContentError where one of them is archived."""
        away = sorted(self.episodes() & set(episodes))
        if away:
            raise ContentError(
                f"{away[0]} is archived",
                why="it was published, and put away: nothing of it is made or bought",
                hint=f"ninja archive --undo {away[0]}",
                code="argument-unknown",
            )
