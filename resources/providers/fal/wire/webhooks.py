"""fal.ai's webhooks as a run has them: where they are sent to, and what arrived (docs/sources/fal-queue.md#webhooks).

A hook says that a request has ended, and no more: what it ended with is asked for as without one. A run that hears
nothing looks as it always does, only less often. Whose a hook is, `signatures` says to those who receive it.
"""

from dataclasses import dataclass
from typing import Final

from resources.purchasing.ledger import Entry
from resources.purchasing.ledger.arrivals import Hooks

PATH: Final = "fal"  # below NINJA_WEBHOOK_URL, before the secret


@dataclass(frozen=True)
class FalWebhooks:
    """The webhooks of a run: where they are sent to, and what arrived. `url` is NINJA_WEBHOOK_URL."""

    url: str
    hooks: Hooks

    def address(self, entry: Entry) -> str:
        """The address for one POST of an entry, with a secret of its own."""
        return f"{self.url.rstrip('/')}/{PATH}/{self.hooks.expect(entry.id)}"

    def arrived(self, entry: Entry) -> bool:
        """Whether an entry's request is told to have ended."""
        return entry.request_id is not None and self.hooks.request_of(entry.id) == entry.request_id

    def look(self, entry: Entry) -> str | None:
        """The request that an entry's hook told of: it was sent with the entry's own secret."""
        return self.hooks.request_of(entry.id)
