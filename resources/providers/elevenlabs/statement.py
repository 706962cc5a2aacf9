"""What ElevenLabs says of an account: the lines of its history, each with the credits that it cost.

Its API of usage has sums alone, of no request, and is deprecated: it is not asked. Nothing is compared here: that is
`resources.purchasing.accounts.reconciler`.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from resources.failures import Step
from resources.providers.elevenlabs.answers import HistoryItem
from resources.providers.elevenlabs.api import CLIENT_ERRORS, ElevenLabsClient
from resources.purchasing.accounts.reconciler import Listed, Statement
from resources.purchasing.ledger import Entry
from resources.purchasing.requests.voice_requests import PROVIDER


def statement(client: ElevenLabsClient, since: datetime) -> Statement:
    """The lines that were spoken from `since` on. Raises StudioError."""

    def item_of(entry: Entry) -> Listed | None:
        try:
            item = client.item(entry.arguments, entry.request_id or "", entry.sent_at or entry.intended_at)
        except CLIENT_ERRORS as error:
            raise client.failure(error, Step.LOOKUP).error(entry.where) from None
        return None if item is None else _listed(item)

    try:
        items = list(client.history(since))
    except CLIENT_ERRORS as error:
        raise client.failure(error, Step.LOOKUP).error("the history of ElevenLabs") from None
    return Statement(
        provider=PROVIDER,
        requests=[_listed(item) for item in items],
        same=_same,
        item=item_of,
        by_words=True,
    )


def _listed(item: HistoryItem) -> Listed:
    arguments = {
        "text": item.text,
        "voice_id": item.voice_id,
        "model_id": item.model_id,
        "voice_settings": item.settings,
    }
    return Listed(
        request_id=item.history_item_id,
        names=(item.request_id,) if item.request_id else (),
        endpoint=f"{PROVIDER}/{item.model_id}",
        sent_at=item.sent_at,
        arguments={name: value for name, value in arguments.items() if value is not None},
        readable=item.text is not None,
        ended=True,
        delivered=True,
        units=None if item.credits is None else item.credits / 1000,
    )


def _same(listed: Mapping[str, JsonValue], sent: Mapping[str, JsonValue]) -> bool:
    """Whether a line has these words, this voice and model and, where the history tells them, these settings."""
    kept, asked = listed.get("voice_settings"), sent.get("voice_settings")
    if any(listed.get(name) != sent.get(name) for name in ("text", "voice_id", "model_id")):
        return False
    return not (isinstance(kept, dict) and isinstance(asked, dict)) or all(
        kept.get(name, value) == value for name, value in asked.items()
    )
