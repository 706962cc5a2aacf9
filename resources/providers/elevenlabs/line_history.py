"""Which item of ElevenLabs' history is the line that was sent and whose answer was lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from resources.failures import Step
from resources.providers.elevenlabs.answers import HistoryItem
from resources.providers.elevenlabs.api import CLIENT_ERRORS, CLOCKS_APART, ElevenLabsClient, says
from resources.purchasing.ledger import Entry, Ledger, State
from resources.purchasing.requests.voice_requests import PROVIDER
from resources.purchasing.telling import untold


@dataclass(frozen=True)
class LineHistory:
    """Looks into the history, by what the ledger knows of its items. They cost nothing."""

    client: ElevenLabsClient
    ledger: Ledger

    def shown(self, entry: Entry) -> str | None:
        """The history item that holds exactly what an entry sent and no entry has; None for none. Raises StudioError.

        Lines that were bought before item ids were kept are known by their request's id, where the history tells it;
        those that it does not tell apart are counted off, oldest first. A line of about then without its words may be
        this one: a look that shows such a one is no empty look, and raises StudioError.
        """
        since = entry.sent_at or entry.intended_at
        try:
            lines = self.client.spoken(entry.arguments, since)
        except CLIENT_ERRORS as error:
            raise self.client.failure(error, Step.LOOKUP).error(entry.where) from None
        items = [line for line in lines if says(line, entry.arguments)]
        free = [item for item in items if not self._taken(item)]
        if not free:
            if entry.request_id is None:
                self._refuse_untold(lines, entry, since + CLOCKS_APART)
            return None
        known = {name for item in items for name in (item.history_item_id, item.request_id) if name}
        nameless = [row for row in self._same_line(entry, since) if row.request_id not in known]
        return free[len(nameless)].history_item_id if len(nameless) < len(free) else None

    def _refuse_untold(self, lines: Iterable[HistoryItem], entry: Entry, until: datetime) -> None:
        for line in lines:
            if line.text is None and line.sent_at <= until and not self._taken(line):
                raise untold(entry, line.history_item_id)

    def _taken(self, item: HistoryItem) -> bool:
        names = filter(None, (item.history_item_id, item.request_id))
        return any(self.ledger.find(PROVIDER, name) is not None for name in names)

    def _same_line(self, entry: Entry, since: datetime) -> list[Entry]:
        """Other entries that had the same words spoken, about when this one was sent or later."""
        bought = (State.SUBMITTED, State.COLLECTED)
        rows = self.ledger.rows(provider=PROVIDER, since=since - CLOCKS_APART, states=bought)
        return [row for row in rows if row.id != entry.id and not row.imported and _line(row) == _line(entry)]

    def is_of(self, entry: Entry, request_id: str) -> bool:
        """Whether an item, by its own id or its request's, is of exactly what an entry sent. Raises StudioError.

        A line of about then without its words may be: who names it has seen it elsewhere.
        """
        item, since = self._item(entry, request_id), entry.sent_at or entry.intended_at
        if item is None:
            return False
        if item.text is None and abs(item.sent_at - since) <= CLOCKS_APART:
            return item.voice_id in (None, entry.arguments["voice_id"])
        return says(item, entry.arguments)

    def stands(self, entry: Entry) -> str | None:
        """How the history shows an entry's own line; None where it does not. Raises StudioError."""
        return "delivered" if entry.request_id and self._item(entry, entry.request_id) is not None else None

    def _item(self, entry: Entry, name: str) -> HistoryItem | None:
        try:
            return self.client.item(entry.arguments, name, entry.sent_at or entry.intended_at)
        except CLIENT_ERRORS as error:
            raise self.client.failure(error, Step.LOOKUP).error(entry.where) from None


def _line(entry: Entry) -> dict[str, JsonValue]:
    """What a history tells of a line: not its seed."""
    return {name: value for name, value in entry.arguments.items() if name != "seed"}
