"""A failure as it is told of an entry: what it cost by the entry's row, and commands that work as typed."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from resources.core.errors import Charge
from resources.core.library import Library
from resources.failures import Failure, Kind, Provider, Step, Symptom, classify, noticed
from resources.purchasing.ledger import Entry, State
from resources.purchasing.ledger.steps import changes
from resources.purchasing.telling import commands_of, error_of, refused_file, voice_setting
from tests.resources.purchasing.ledger.helpers import NOON, purchase


def entry(
    state: State = State.SUBMITTED,
    charge: Charge = Charge.POSSIBLE,
    *,
    arguments: dict[str, JsonValue] | None = None,
    seconds: float | None = None,
) -> Entry:
    row = changes.new(purchase(arguments=arguments), "default", NOON)
    row.id, row.state, row.charge, row.seconds, row.imported = 7, state, charge, seconds, False
    return changes.as_entry(row, NOON)


def failure(kind: Kind, charge: Charge = Charge.NONE, *, field: str = "", code: str = "") -> Failure:
    return Failure(kind, retryable=False, charge=charge, what="no", why="", hint="mend it", field=field, code=code)


@pytest.mark.parametrize(
    ("state", "charge", "said", "told_charge"),
    [
        (State.FAILED, Charge.CHARGED, Charge.NONE, Charge.CHARGED),
        (State.FAILED, Charge.NONE, Charge.POSSIBLE, Charge.NONE),
        (State.SUBMITTED, Charge.POSSIBLE, Charge.NONE, Charge.POSSIBLE),
        (State.SUBMITTED, Charge.POSSIBLE, Charge.CHARGED, Charge.CHARGED),
        (State.INTENDED, Charge.NONE, Charge.NONE, Charge.NONE),
    ],
)
def test_what_it_cost_is_the_rows_word(state: State, charge: Charge, said: Charge, told_charge: Charge) -> None:
    assert error_of(failure(Kind.SERVER, said), entry(state, charge)).charge is told_charge


def test_what_was_paid_for_nothing_is_settled_unless_other_words_mend_it() -> None:
    paid, free = entry(State.FAILED, Charge.CHARGED), entry(State.FAILED, Charge.NONE)
    assert "`ninja ledger settle 7 not-charged`" in str(error_of(failure(Kind.SERVER), paid).hint)
    assert error_of(failure(Kind.POLICY), paid).hint == "mend it"
    assert error_of(failure(Kind.SERVER), free).hint == "mend it"
    assert error_of(failure(Kind.SERVER), paid, hint="do this").hint == "do this"


def test_a_request_that_is_gone_is_asked_about_once_more_first() -> None:
    assert "run again: it is asked about once more" in str(error_of(failure(Kind.REQUEST_GONE), entry()).hint)


def test_the_commands_name_the_entry_and_its_cell() -> None:
    clip = noticed(Provider.FAL, Step.DOWNLOAD, Kind.UNSAFE_URL)
    assert "`ninja import monday s01 monday-s01.mp4 --asset speaker_clips --mode draft`" in str(
        error_of(clip, entry()).hint
    )
    assert "monday-s01.mp3" in commands_of(entry(arguments={"text": "Hello."}))["bring"]
    assert "settle 7" in commands_of(entry())["settle"]


def test_no_file_is_asked_for_that_could_not_be_brought() -> None:
    """No one file stands for a piece of a turn: `ninja import` refuses it."""
    piece = entry().model_copy(update={"sources": {"sha256:ab": "MP3 of piece 1 of 3 of sha256:cd"}})
    whole = entry().model_copy(update={"sources": {"sha256:ab": "MP3 of all of sha256:cd"}})
    clip = noticed(Provider.FAL, Step.DOWNLOAD, Kind.UNSAFE_URL)
    assert "`ninja import" in str(error_of(clip, whole).hint)
    assert "`ninja import" not in str(error_of(clip, piece).hint)
    assert "`ninja ledger settle 7 buy-again`" in str(error_of(clip, piece).hint)


def test_what_was_delivered_and_is_gone_is_not_said_to_be_free_of_charge() -> None:
    gone = classify(Symptom(Provider.FAL, Step.DOWNLOAD, status=404))
    assert gone.kind is Kind.MEDIA_GONE
    hint = str(error_of(gone, entry()).hint)
    assert "`ninja ledger settle 7 buy-again`" in hint
    assert "not-charged" not in hint


def test_the_file_that_a_model_refused_is_the_one_that_it_names_and_else_of_its_kind(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    files = []
    for name in ("face.png", "voice.wav"):
        (tmp_path / name).write_bytes(name.encode())
        files.append(library.put(tmp_path / name))
    face, voice = files
    arguments: dict[str, JsonValue] = {
        "image_url": f"sha256:{face.sha256}",
        "elements": [{"audio_url": f"sha256:{voice.sha256}"}],
        "audio_urls": [f"sha256:{voice.sha256}"],
        "prompt": "hello",
    }
    sent = entry(arguments=arguments)

    def named(kind: Kind, field: str = "") -> str | None:
        found = refused_file(failure(kind, field=field), sent, library)
        return None if found is None else found.suffix

    assert named(Kind.IMAGE_REFUSED) == ".png"
    assert named(Kind.SOUND_REFUSED) == ".wav"
    assert named(Kind.MEDIA_REFUSED) is None  # of any kind: only what is named
    assert named(Kind.MEDIA_REFUSED, "elements.0.audio_url") == ".wav"
    assert named(Kind.MEDIA_REFUSED, "elements.1.audio_url") is None
    assert named(Kind.IMAGE_REFUSED, "prompt") == ".png"
    assert named(Kind.POLICY, "image_url") is None
    assert "it was sent" in str(error_of(failure(Kind.IMAGE_REFUSED), sent, library).hint)


@pytest.mark.parametrize(
    ("kind", "field", "code", "place"),
    [
        (Kind.SCHEMA, "voice_settings.stability", "", ("stability",)),
        (Kind.SCHEMA, "", "unsupported_language", ("language_code",)),
        (Kind.SCHEMA, "", "unsupported_model", ("model",)),
        (Kind.NO_VOICE, "", "voice_not_found", ("voice_id",)),
        (Kind.SCHEMA, "", "invalid_voice_settings", ()),
        (Kind.SCHEMA, "text", "missing", None),
        (Kind.POLICY, "voice_settings.stability", "voice", None),
    ],
)
def test_a_refused_setting_is_named_as_the_show_calls_it(
    kind: Kind, field: str, code: str, place: tuple[str, ...] | None
) -> None:
    assert voice_setting(failure(kind, field=field, code=code)) == place
