"""The words of failures: who was asked, at which step, what was seen, what kind of failure that is, and its row."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from resources.core.errors import Charge, StudioError

# What stands in a mend's places where no entry of the ledger is concerned.
NO_COMMANDS: Final = {
    "settle": "`ninja ledger` lists the requests",
    "bring": "`ninja import` takes a file that was paid for",
    "anew": "`ninja ledger` lists the requests",
}


class Provider(StrEnum):
    """Who was asked."""

    FAL = "fal"
    ELEVENLABS = "elevenlabs"


class Step(StrEnum):
    """What was being done. The same answer means another thing at another step."""

    UPLOAD = "upload"  # storing a file at the provider: free, repeatable
    SUBMIT = "submit"  # fal: the POST that buys
    POLL = "poll"  # asking how a bought request stands
    RESULT = "result"  # what a finished request answered, or the error that it ended with
    DOWNLOAD = "download"  # fetching a finished file
    CANCEL = "cancel"  # asking a provider to stop
    LOOKUP = "lookup"  # histories, prices, plans: free, repeatable
    SPEAK = "speak"  # ElevenLabs: the call that buys and delivers at once


class Kind(StrEnum):
    """The name of a failure: studios decide by it."""

    NO_KEY = "no_key"
    KEY_REFUSED = "key_refused"
    NO_CREDIT = "no_credit"
    PLAN = "plan"
    LOCKED = "locked"
    FORBIDDEN = "forbidden"
    NO_VOICE = "no_voice"
    NO_ENDPOINT = "no_endpoint"
    REQUEST_GONE = "request_gone"
    MEDIA_GONE = "media_gone"
    MEDIA_REFUSED = "media_refused"
    POLICY = "policy"
    TOO_LONG = "too_long"
    SCHEMA = "schema"
    CONFLICT = "conflict"
    BUSY = "busy"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    NOT_STARTED = "not_started"
    SERVER = "server"
    GENERATED = "generated"
    NOT_SENT = "not_sent"
    ANSWER_LOST = "answer_lost"
    ODD_ANSWER = "odd_answer"
    NO_RESULT = "no_result"
    NO_MEDIA = "no_media"
    IMAGE_REFUSED = "image_refused"
    SOUND_REFUSED = "sound_refused"
    DEADLINE = "deadline"
    UNSETTLED = "unsettled"
    UNSAFE_URL = "unsafe_url"
    BAD_FILE = "bad_file"
    OTHER = "other"


@dataclass(frozen=True)
class Symptom:
    """What was seen: the parts of an answer that tell failures apart.

    `status` is the HTTP status, None without an answer. `code` is the machine-readable reason: fal's error type or the
    types of a 422's details, ElevenLabs' `detail.status`, or what this project noticed itself (a `Kind`). `words` is
    what was refused (a field and its text), as the provider names it, `field` that field alone. `generated`: the answer
    itself shows that something was made (an ElevenLabs history item, fal's billable units above 0). `billed_units` are
    what fal's header says, `retry_after` seconds and `retryable` what the provider says of another try: None where it
    says nothing.
    """

    provider: Provider
    step: Step
    status: int | None = None
    code: str = ""
    text: str = ""
    words: str = ""
    field: str = ""
    generated: bool = False
    billed_units: float | None = None
    retry_after: float | None = None
    retryable: bool | None = None


@dataclass(frozen=True)
class Failure:
    """A classified failure. `retryable`: the same request may succeed later without anyone changing anything.

    `status` is that of the answer, None where none came; `retry_after` are the seconds that the provider asks to wait;
    `code` and `field` are the provider's own words for what was wrong, and with which argument.
    """

    kind: Kind
    retryable: bool
    charge: Charge
    what: str
    why: str
    hint: str
    status: int | None = None
    retry_after: float | None = None
    billed_units: float | None = None
    code: str = ""
    field: str = ""

    def error(
        self, where: str | None = None, *, hint: str | None = None, commands: Mapping[str, str] = NO_COMMANDS
    ) -> StudioError:
        """The failure as an error that leaves a studio.

        `hint` replaces the table's own; `commands` stand in the places that it leaves for them.
        """
        return StudioError(
            self.what,
            where=where,
            why=self.why,
            hint=hint or self.hint.format_map(commands),
            retryable=self.retryable,
            charge=self.charge,
        )


@dataclass(frozen=True)
class Row:
    """A row of the table. An empty `steps`, `statuses` or `types`, or None, fits any.

    `types` are words of the machine-readable code, whole; `says` is searched in `code text`. A `hint` has `{settle}`,
    `{bring}` or `{anew}` where the commands of the request's own entry belong: see NO_COMMANDS.
    """

    kind: Kind
    what: str
    hint: str
    again: bool = False
    charge: Charge = Charge.NONE
    provider: Provider | None = None
    steps: Collection[Step] = ()
    statuses: Collection[int | None] = ()
    types: Collection[str] = ()
    says: str = ""
    generated: bool | None = None
    anew: bool = False  # another try is another request: what the provider says of trying this one again is not of it

    def fits(self, symptom: Symptom) -> bool:
        """Whether this row describes the symptom."""
        return (
            self.provider in (None, symptom.provider)
            and (not self.steps or symptom.step in self.steps)
            and (not self.statuses or symptom.status in self.statuses)
            and (not self.types or not set(self.types).isdisjoint(re.split(r"[\s;]+", symptom.code)))
            and self.generated in (None, symptom.generated)
            and re.search(self.says, f"{symptom.code} {symptom.text}", re.IGNORECASE) is not None
        )
