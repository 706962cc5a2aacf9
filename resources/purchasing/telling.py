"""A failure as it is told of a ledger's entry: what it cost by the entry's own row, and the commands that mend it.

Whatever is said of money is read from the row, never from the answer alone; whatever is to be typed is whole.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from resources.core.errors import Charge, StudioError, UntoldError
from resources.core.library import Library
from resources.failures import Failure, Kind
from resources.purchasing.ledger import Entry, State

_PIECE: Final = "MP3 of piece "  # what a sound is made from that is one of a turn's pieces (`clip_requests`)
# Failures that other words, another picture or another sound mend: they are another purchase.
_OTHER_WORDS: Final = frozenset(
    {Kind.POLICY, Kind.NO_MEDIA, Kind.IMAGE_REFUSED, Kind.SOUND_REFUSED, Kind.MEDIA_REFUSED}
)
# What a model refuses when it is none of the words, and the arguments that may hold it, by a part of their names.
_REFUSED: Final = {Kind.IMAGE_REFUSED: "image", Kind.SOUND_REFUSED: "audio", Kind.MEDIA_REFUSED: ""}
_SETTINGS: Final = (  # what ElevenLabs' codes are about, as show.yaml calls it
    ("voice_settings", ()),
    ("stability", ("stability",)),
    ("language", ("language_code",)),
    ("model", ("model",)),
    ("voice", ("voice_id",)),
)


def error_of(failure: Failure, entry: Entry, library: Library | None = None, *, hint: str | None = None) -> StudioError:
    """The error of an entry's request: with `library`, a file that the model refused is named.

    One answer that failed is no charge of nothing while the request lives on; one that ended cost what its row says.
    """
    if hint is None:
        hint = failure.hint.format_map(commands_of(entry))
        if entry.state is State.FAILED and entry.charge is not Charge.NONE and failure.kind not in _OTHER_WORDS:
            hint = f"look at the provider's own page of requests, then tell what it shows: {settle(entry)}"
        elif failure.kind is Kind.REQUEST_GONE:
            hint = f"run again: it is asked about once more; if it stays so, {settle(entry)}"
    if library is not None and (named := refused_file(failure, entry, library)):
        hint = f"{hint}; it was sent {named}"
    error = failure.error(entry.where, hint=hint)
    if entry.state is State.FAILED:
        error.charge = entry.charge
    elif entry.state is State.SUBMITTED and failure.charge is Charge.NONE:
        error.charge = Charge.POSSIBLE
    return error


def commands_of(entry: Entry) -> Mapping[str, str]:
    """What stands in the places of a mend (`resources.failures`), with this entry's own names."""
    cell = entry.cell
    file = f"{cell.episode}-{cell.segment}{'.mp3' if entry.seconds is None and 'text' in entry.arguments else '.mp4'}"
    brought = f"`ninja import {cell.episode} {cell.segment} {file} --asset {entry.asset} --mode {cell.mode}`"
    anew = f"`ninja ledger settle {entry.id} buy-again` orders it anew"
    if any(_PIECE in made for made in entry.sources.values()):
        return {"settle": settle(entry), "bring": f"no file stands for one piece of a turn, {anew}", "anew": anew}
    return {"settle": settle(entry), "bring": f"save it as {file}, then {brought}", "anew": anew}


def settle(entry: Entry) -> str:
    """The commands by which a person tells what became of a request."""
    return (
        f"`ninja ledger settle {entry.id} not-charged` where it shows no charge, "
        f"`ninja ledger settle {entry.id} buy-again` to pay once more"
    )


def untold(entry: Entry, request_id: str) -> UntoldError:
    """What is told where a history does not tell what a request of about then was asked with, that nobody has."""
    return UntoldError(
        f"it does not tell what request {request_id} was asked with",
        request_id=request_id,
        where=entry.where,
        hint=f"look at request {request_id} on the provider's own page: "
        f"`ninja ledger settle {entry.id} found --request-id {request_id}` where it is this one, "
        f"`ninja ledger settle {entry.id} buy-again` to pay once more where it is another's",
    )


def refused_file(failure: Failure, entry: Entry, library: Library) -> Path | None:
    """The file of an entry's arguments that a model refused: by the argument that it names, else by what it is."""
    kind = _REFUSED.get(failure.kind)
    if kind is None:
        return None
    named = _at(entry.arguments, failure.field.split(".")) if failure.field else None
    fitting = [value for name, value in entry.arguments.items() if kind and kind in name]
    for value in (named, *fitting):
        content = value[0] if isinstance(value, list) and value else value
        if isinstance(content, str) and content.startswith("sha256:"):
            return library.find(content.removeprefix("sha256:"))
    return None


def voice_setting(failure: Failure) -> tuple[str, ...] | None:
    """The setting of a voice that ElevenLabs refused, as a place below `voice.elevenlabs`; None where it is none."""
    if failure.kind not in (Kind.SCHEMA, Kind.NO_VOICE):
        return None
    if failure.field.startswith("voice_settings."):
        return (failure.field.rpartition(".")[2],)
    return next((place for word, place in _SETTINGS if word in failure.code), None)


def _at(arguments: JsonValue, place: Sequence[str]) -> JsonValue:
    for step in place:
        if isinstance(arguments, dict):
            arguments = arguments.get(step)
        elif isinstance(arguments, list) and step.isdecimal() and int(step) < len(arguments):
            arguments = arguments[int(step)]
        else:
            return None
    return arguments
