"""What ElevenLabs answers, held to what is used of it: the SDK checks nothing, and takes any shape for its own types.

What makes no sense is a ValueError where nothing can be gone by, and None where there are other ways to know it: what
was paid for is never lost to an odd answer.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from resources.core.text.diagnostics import explain
from resources.media.audio.alignment import Alignment

_LAST_MOMENT: Final = 253_402_300_799  # of the year 9999: no later one is a date
_CHARACTERS: Final = TypeAdapter(list[str])
_TIMES: Final = TypeAdapter(list[FiniteFloat])


def _known(kind: type) -> BeforeValidator:
    """What is of another kind is not known."""
    return BeforeValidator(lambda value: value if isinstance(value, kind) and not isinstance(value, bool) else None)


class HistoryItem(BaseModel):
    """A line of the history, by its own id. What is None, the history does not tell."""

    model_config = ConfigDict(from_attributes=True, frozen=True, protected_namespaces=())

    history_item_id: str = Field(min_length=1)
    date_unix: int = Field(ge=0, le=_LAST_MOMENT)
    request_id: Annotated[str | None, _known(str)] = None
    text: Annotated[str | None, _known(str)] = None
    voice_id: Annotated[str | None, _known(str)] = None
    model_id: Annotated[str | None, _known(str)] = None
    settings: Annotated[dict[str, Any] | None, _known(dict)] = None
    character_count_change_from: Annotated[int | None, _known(int)] = None
    character_count_change_to: Annotated[int | None, _known(int)] = None
    alignments: Any = Field(None, repr=False)

    @property
    def sent_at(self) -> datetime:
        """When it was spoken."""
        return datetime.fromtimestamp(self.date_unix, UTC)

    @property
    def credits(self) -> int | None:
        """What it cost. A count that has begun anew meanwhile, with a month, does not tell it."""
        if self.character_count_change_from is None or self.character_count_change_to is None:
            return None
        change = self.character_count_change_to - self.character_count_change_from
        return None if change < 0 else change


def read_item(given: object) -> HistoryItem:
    """An item of the history. Raises ValueError for one that has no id, or no time."""
    try:
        return HistoryItem.model_validate(given)
    except ValidationError as error:
        raise ValueError(f"an item of the history makes no sense: {explain(error)}") from None


class _Page(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    history: list[Any]
    has_more: bool
    last_history_item_id: Any = None


def read_page(given: object) -> tuple[list[HistoryItem], str | None]:
    """A page of the history: its items, and the id after which the next one begins, None for the last.

    Raises ValueError for what is none: that is not the same as a history without items.
    """
    try:
        page = _Page.model_validate(given)
    except ValidationError as error:
        raise ValueError(f"the history's answer makes no sense: {explain(error)}") from None
    after = page.last_history_item_id
    if page.has_more and not (isinstance(after, str) and after):
        raise ValueError("the history does not come to an end")  # an unread rest is no empty look
    return [read_item(item) for item in page.history], after if page.has_more else None


def read_alignment(given: object) -> Alignment | None:
    """An answer's alignment; None where there is none that could be one."""
    if given is None:
        return None
    try:
        characters = _CHARACTERS.validate_python(getattr(given, "characters", None), strict=True)
        starts = _TIMES.validate_python(getattr(given, "character_start_times_seconds", None))
        ends = _TIMES.validate_python(getattr(given, "character_end_times_seconds", None))
    except ValidationError:
        return None
    return Alignment(characters, starts, ends) if len(characters) == len(starts) == len(ends) else None


def read_audio(given: object) -> bytes | None:
    """The bytes of an answer's audio; None where they arrived damaged."""
    try:
        return (base64.b64decode(given, validate=True) or None) if isinstance(given, str) else None
    except (binascii.Error, ValueError):
        return None
