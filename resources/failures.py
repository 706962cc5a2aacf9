"""What can go wrong at a provider, classified once: a table of rows, and the reading of a client's error into one.

A row says what a failure is, whether another try can help, whether it may have cost money and what a person does next.
Sources: fal's pages on errors, queue, reliability and billing, ElevenLabs' help centre on 400, 401 and 429, and the two
clients' own code. No request is sent from here, and nothing is decided but the classification: who retries, looks up
or gives up is the studios' matter.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import httpx
from elevenlabs.core.api_error import ApiError
from fal_client.auth import MissingCredentialsError
from fal_client.client import FalClientHTTPError

from resources.errors import Charge, StudioError

_QUOTE = 400  # characters of a provider's own words that an error shows
_SHORT = 160  # characters of a refused field that an error shows


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
    what was refused (a field and its text), as the provider names it. `generated`: the answer itself shows that
    something was made (an ElevenLabs history item, fal's billable units above 0).
    """

    provider: Provider
    step: Step
    status: int | None = None
    code: str = ""
    text: str = ""
    words: str = ""
    generated: bool = False


@dataclass(frozen=True)
class Failure:
    """A classified failure. `retryable`: the same order may succeed later without anyone changing anything."""

    kind: Kind
    retryable: bool
    charge: Charge
    what: str
    why: str
    mend: str

    def error(self, where: str | None = None, *, mend: str | None = None) -> StudioError:
        """The failure as an error that leaves a studio. `mend` replaces the table's own."""
        return StudioError(
            self.what,
            where=where,
            why=self.why,
            mend=mend or self.mend,
            retryable=self.retryable,
            charge=self.charge,
        )


@dataclass(frozen=True)
class Row:
    """A row of the table. An empty `steps` or `statuses`, or None, fits any; `says` is searched in `code text`."""

    kind: Kind
    what: str
    mend: str
    again: bool = False
    charge: Charge = Charge.NONE
    provider: Provider | None = None
    steps: Collection[Step] = ()
    statuses: Collection[int | None] = ()
    says: str = ""
    generated: bool | None = None

    def fits(self, symptom: Symptom) -> bool:
        """Whether this row describes the symptom."""
        return (
            self.provider in (None, symptom.provider)
            and (not self.steps or symptom.step in self.steps)
            and (not self.statuses or symptom.status in self.statuses)
            and self.generated in (None, symptom.generated)
            and re.search(self.says, f"{symptom.code} {symptom.text}", re.IGNORECASE) is not None
        )


_FAL, _ELEVEN = Provider.FAL, Provider.ELEVENLABS
_BUYING = frozenset({Step.SUBMIT, Step.SPEAK})
_SERVER = range(500, 600)
_NO_ANSWER: tuple[None] = (None,)

_RUN_AGAIN = "run again: what is bought is found again and not paid twice"
_LATER = "run again in a few minutes; nothing was bought"
_LOOK_UP = "run again: the request is looked up at the provider before anything is sent again"
_SETTLE = "see `ninja ledger`; look at the provider's own page, then tell it with `ninja ledger settle ID VERDICT`"
_FAL_KEY = "put a key of https://fal.ai/dashboard/keys into FAL_KEY, then run `ninja doctor`"
_ELEVEN_KEY = (
    "put a key of https://elevenlabs.io/app/settings/api-keys into ELEVENLABS_API_KEY, then run `ninja doctor`"
)
_FAL_BILLING = "top the account up at https://fal.ai/dashboard/billing, then run again: what is in flight is collected"
_ELEVEN_PLAN = "see the plan at https://elevenlabs.io/app/subscription, or choose another voice or model in show.yaml"

# The first row that fits is the failure.
TABLE: Final[tuple[Row, ...]] = (
    # What this project notices by itself: no HTTP answer tells it.
    Row(Kind.NO_KEY, "fal.ai has no key", _FAL_KEY, provider=_FAL, statuses=_NO_ANSWER, says="^no_key"),
    Row(Kind.NO_KEY, "ElevenLabs has no key", _ELEVEN_KEY, provider=_ELEVEN, statuses=_NO_ANSWER, says="^no_key"),
    Row(
        Kind.DEADLINE,
        "a bought clip was not finished in time; it goes on at the provider",
        "run again to re-attach to it: it is not paid twice",
        again=True,
        charge=Charge.POSSIBLE,
        statuses=_NO_ANSWER,
        says="^deadline",
    ),
    Row(
        Kind.UNSETTLED,
        "a request was sent, its answer never came, and the provider's history does not show it",
        _SETTLE,
        again=True,  # a look-up costs nothing, and the history may lag
        charge=Charge.POSSIBLE,
        statuses=_NO_ANSWER,
        says="^unsettled",
    ),
    Row(
        Kind.UNSAFE_URL,
        "the address of a finished file is not one that may be fetched",
        "fetch the file by hand from the provider's page, then: `ninja import EPISODE SEGMENT FILE --asset ASSET`",
        charge=Charge.CHARGED,
        statuses=_NO_ANSWER,
        says="^unsafe_url",
    ),
    Row(
        Kind.BAD_FILE,
        "a finished file arrived damaged, or is not what was ordered",
        "run again: it is fetched again and not paid again",
        again=True,
        charge=Charge.CHARGED,
        statuses=_NO_ANSWER,
        says="^bad_file",
    ),
    Row(
        Kind.NO_RESULT,
        "a request finished without a clip",
        _SETTLE,
        charge=Charge.POSSIBLE,
        statuses=_NO_ANSWER,
        says="^no_result",
    ),
    Row(
        Kind.ODD_ANSWER,
        "the answer to a paid request cannot be understood",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
        statuses=_NO_ANSWER,
        says="^odd_answer",
    ),
    Row(
        Kind.ODD_ANSWER,
        "a bought request reports a state that is not known",
        "run again to ask once more; if it stays so, " + _SETTLE,
        again=True,
        charge=Charge.POSSIBLE,
        steps={Step.POLL, Step.RESULT},
        statuses=_NO_ANSWER,
        says="^odd_answer",
    ),
    Row(
        Kind.ODD_ANSWER,
        "the provider's answer cannot be understood",
        _LATER,
        again=True,
        statuses=_NO_ANSWER,
        says="^odd_answer",
    ),
    Row(
        Kind.NOT_SENT,
        "the provider cannot be reached; nothing was sent",
        "check the network, then run again",
        again=True,
        statuses=_NO_ANSWER,
        says="^not_sent",
    ),
    Row(
        Kind.ANSWER_LOST,
        "the connection was lost after a paid request was sent",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
        statuses=_NO_ANSWER,
        says="^answer_lost",
    ),
    Row(
        Kind.ANSWER_LOST,
        "the connection to the provider was lost",
        _RUN_AGAIN,
        again=True,
        statuses=_NO_ANSWER,
        says="^answer_lost",
    ),
    # The account.
    Row(
        Kind.NO_CREDIT,
        "ElevenLabs has no credits left for this line",
        "buy credits or wait for the next month: https://elevenlabs.io/app/subscription",
        provider=_ELEVEN,
        says=r"quota_exceeded",
    ),
    Row(
        Kind.PLAN,
        "the ElevenLabs plan does not include what was asked for",
        _ELEVEN_PLAN,
        provider=_ELEVEN,
        says=r"paid_plan_required|only_for_creator|output_format_not_allowed|missing_permissions|subscription_required",
    ),
    Row(
        Kind.LOCKED,
        "ElevenLabs has shut the account off",
        "write to ElevenLabs' support: the account is blocked, not this project",
        provider=_ELEVEN,
        says=r"detected_unusual_activity|account_(disabled|blocked)",
    ),
    Row(Kind.KEY_REFUSED, "fal.ai does not accept the key", _FAL_KEY, provider=_FAL, statuses={401}),
    Row(Kind.KEY_REFUSED, "ElevenLabs does not accept the key", _ELEVEN_KEY, provider=_ELEVEN, statuses={401}),
    Row(Kind.NO_CREDIT, "fal.ai wants a payment first", _FAL_BILLING, provider=_FAL, statuses={402}),
    Row(Kind.PLAN, "ElevenLabs wants a payment first", _ELEVEN_PLAN, provider=_ELEVEN, statuses={402}),
    Row(
        Kind.LOCKED,
        "fal.ai has locked the account; nothing new is sent",
        _FAL_BILLING,
        provider=_FAL,
        statuses={403},
        says=r"locked|exhausted balance|top.?up",
    ),
    Row(
        Kind.MEDIA_GONE,
        "a finished file is gone from the provider: it was paid for and cannot be fetched",
        "look whether the provider's own page still has it, then: `ninja import EPISODE SEGMENT FILE --asset ASSET`",
        charge=Charge.CHARGED,
        steps={Step.DOWNLOAD},
        statuses={403, 404, 410},
    ),
    Row(Kind.FORBIDDEN, "fal.ai does not let this key do that", _FAL_KEY, provider=_FAL, statuses={403}),
    Row(Kind.FORBIDDEN, "ElevenLabs does not let this key do that", _ELEVEN_KEY, provider=_ELEVEN, statuses={403}),
    # What was asked for.
    Row(
        Kind.NO_VOICE,
        "ElevenLabs does not know the voice",
        "set `voice.elevenlabs.voice_id` in show.yaml to a voice of https://elevenlabs.io/app/voice-lab",
        provider=_ELEVEN,
        says=r"voice_not_found|voice_does_not_exist|invalid_voice",
    ),
    Row(
        Kind.TOO_LONG,
        "the line is too long for the voice model",
        "split the turn in two",
        provider=_ELEVEN,
        says=r"max_character_limit_exceeded|text_too_long",
    ),
    Row(
        Kind.SCHEMA,
        "the voice model does not take one of the settings",
        "remove the setting that `why` names from the character's voice in show.yaml, or choose another model",
        provider=_ELEVEN,
        says=r"unsupported_model|model_not_found|invalid_model",
    ),
    Row(
        Kind.NO_ENDPOINT,
        "fal.ai does not know the model",
        "correct the model in show.yaml or in the turn; https://fal.ai/models lists them",
        provider=_FAL,
        steps={Step.SUBMIT, Step.LOOKUP},
        statuses={404, 405},
    ),
    Row(
        Kind.BUSY,
        "the request is still under way",
        _RUN_AGAIN,
        again=True,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        steps={Step.RESULT},
        statuses={400, 404, 409, 425},
        says=r"in progress|not (yet )?(complete|finish|ready)",
    ),
    Row(
        Kind.REQUEST_GONE,
        "fal.ai does not know the request any more",
        _SETTLE,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        steps={Step.POLL, Step.RESULT},
        statuses={404, 410},
    ),
    Row(
        Kind.MEDIA_REFUSED,
        "the model could not read a file that was uploaded for it",
        "run again: the file is uploaded anew",
        again=True,
        provider=_FAL,
        statuses={400, 404, 422},
        says=r"file_download_error",
        generated=False,
    ),
    Row(
        Kind.MEDIA_REFUSED,
        "the model could not read a file that was uploaded for it",
        _SETTLE,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        statuses={400, 404, 422},
        says=r"(failed|unable|could not|cannot) (to )?(download|fetch)",
    ),
    Row(
        Kind.POLICY,
        "the words were refused by the provider's content policy",
        "change the words that `why` names in the episode or in show.yaml, then run again: the rest is kept",
        charge=Charge.POSSIBLE,
        provider=_FAL,
        statuses={400, 403, 422},
        says=r"policy|safety|moderat|nsfw|prohibited|sensitive|risk control",
    ),
    Row(
        Kind.POLICY,
        "the words were refused by the provider's content policy",
        "change the words that `why` names in the episode, then run again: the rest is kept",
        provider=_ELEVEN,
        statuses={400, 403, 422},
        says=r"policy|safety|moderat|prohibited|blocked|terms.of",
    ),
    Row(
        Kind.SCHEMA,
        "the model refused how it was asked, after it had begun",
        _SETTLE,
        charge=Charge.CHARGED,
        provider=_FAL,
        statuses={400, 413, 422},
        generated=True,
    ),
    Row(
        Kind.SCHEMA,
        "the provider refused how it was asked",
        "correct what `why` names; if show.yaml is right, the provider has changed: run `ninja doctor`",
        statuses={400, 405, 413, 415, 422},
    ),
    Row(Kind.NO_ENDPOINT, "ElevenLabs does not know what was asked for", _ELEVEN_PLAN, statuses={404, 410}),
    # Not now.
    Row(
        Kind.TIMEOUT,
        "the provider gave up waiting for a paid request",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
        statuses={408},
    ),
    Row(Kind.TIMEOUT, "the provider gave up waiting", _RUN_AGAIN, again=True, statuses={408}),
    Row(
        Kind.CONFLICT,
        "the provider reports a conflict with another request",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
        statuses={409},
    ),
    Row(Kind.CONFLICT, "the provider reports a conflict", _RUN_AGAIN, again=True, statuses={409}),
    Row(
        Kind.BUSY,
        "too many requests run at once at the provider",
        "run again; the number at once is a setting",
        again=True,
        statuses={429},
        says=r"concurren",
    ),
    Row(Kind.BUSY, "the provider is busy", _LATER, again=True, statuses={429}),
    Row(
        Kind.CANCELLED,
        "the request was cancelled at the provider",
        _SETTLE,
        charge=Charge.POSSIBLE,
        statuses={499},
    ),
    Row(
        Kind.NOT_STARTED,
        "the request waited too long for a machine at the provider",
        _LATER,
        again=True,
        provider=_FAL,
        steps={Step.RESULT},
        statuses={504},
        says=r"request_timeout|startup_timeout",
    ),
    Row(
        Kind.SERVER,
        "the model failed at the provider; failures of this kind are not billed",
        "run again: it is ordered anew",
        again=True,
        provider=_FAL,
        steps={Step.RESULT},
        statuses=_SERVER,
    ),
    Row(
        Kind.GENERATED,
        "the provider failed after it had made the audio",
        "run again: the audio is fetched from the provider's history and not paid twice",
        again=True,
        charge=Charge.CHARGED,
        steps={Step.SPEAK},
        statuses=_SERVER,
        generated=True,
    ),
    Row(
        Kind.BUSY,
        "the provider is busy",
        _LATER,
        again=True,
        provider=_ELEVEN,
        statuses={503},
        says=r"system_busy",
    ),
    Row(
        Kind.SERVER,
        "the provider failed while it was given a paid request",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
        statuses=_SERVER,
    ),
    Row(Kind.SERVER, "the provider failed", _RUN_AGAIN, again=True, statuses=_SERVER),
    # Whatever else: nothing is assumed in the person's favour.
    Row(Kind.OTHER, "the provider refused for a reason that is not known", _SETTLE, charge=Charge.POSSIBLE),
)


def classify(symptom: Symptom) -> Failure:
    """The failure behind a symptom. The last row of the table fits everything, so there always is one."""
    row = next(row for row in TABLE if row.fits(symptom))
    seen = [f"{symptom.provider} answered {symptom.status}" if symptom.status else "", symptom.text, symptom.words]
    return Failure(
        kind=row.kind,
        retryable=row.again,
        charge=row.charge,
        what=row.what,
        why=": ".join(filter(None, seen)) or symptom.code,
        mend=row.mend,
    )


def noticed(provider: Provider, step: Step, kind: Kind, text: str = "") -> Failure:
    """A failure that this project notices itself: a deadline, a damaged file, an answer that makes no sense."""
    return classify(Symptom(provider, step, code=kind.value, text=text))


def of_fal(error: Exception, step: Step, *, secrets: Iterable[str] = ()) -> Failure:
    """Classify whatever `fal_client` or httpx raised. `secrets` are cut out of what it says."""
    if isinstance(error, FalClientHTTPError):
        return classify(_fal_symptom(error.response, error.error_type, step, secrets))
    if isinstance(error, httpx.HTTPStatusError):
        return classify(_fal_symptom(error.response, None, step, secrets))
    if isinstance(error, MissingCredentialsError):
        return noticed(Provider.FAL, step, Kind.NO_KEY)
    return _transport(error, Provider.FAL, step, secrets)


def of_elevenlabs(error: Exception, step: Step, *, secrets: Iterable[str] = ()) -> Failure:
    """Classify whatever the `elevenlabs` SDK or httpx raised. `secrets` are cut out of what it says."""
    if not isinstance(error, ApiError):
        return _transport(error, Provider.ELEVENLABS, step, secrets)
    body = error.body if isinstance(error.body, Mapping) else {"detail": error.body}
    code, text, words = _told(body.get("detail", body))
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return classify(
        Symptom(
            Provider.ELEVENLABS,
            step,
            status=error.status_code,
            code=code,
            text=clean(text, secrets),
            words=clean(words, secrets),
            generated="history-item-id" in headers or _positive(headers.get("character-cost")),
        )
    )


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """Provider's words that are safe to show: short, one line, no key, no query of an address."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    text = re.sub(r"(?i)\b(key|bearer|xi-api-key:?)\s+[\w.:-]{8,}", r"\1 ***", text)
    text = re.sub(r"(https?://[^\s?'\"]+)\?[^\s'\"]*", r"\1", text)
    text = " ".join(text.split())
    return text if len(text) <= _QUOTE else text[:_QUOTE] + "…"


def _fal_symptom(response: httpx.Response, error_type: str | None, step: Step, secrets: Iterable[str]) -> Symptom:
    try:
        body: Any = response.json()
    except ValueError:
        body = response.text
    # The queue and the models answer `detail`, the platform API `error`.
    detail = body.get("detail", body.get("error", body)) if isinstance(body, Mapping) else body
    code, text, words = _told(detail)
    reason = error_type or response.headers.get("x-fal-error-type", "")
    return Symptom(
        Provider.FAL,
        step,
        status=response.status_code,
        code=" ".join(filter(None, [reason, code])),
        text=clean(text, secrets),
        words=clean(words, secrets),
        generated=_positive(response.headers.get("x-fal-billable-units")),
    )


def _told(detail: Any) -> tuple[str, str, str]:
    """The code, the message and the refused words of a `detail`: a sentence, a mapping, or a list of mappings."""
    if isinstance(detail, Mapping):
        code = " ".join(str(detail[key]) for key in ("status", "code", "type") if detail.get(key))
        return code, str(detail.get("message") or detail.get("msg") or ""), _refused(detail)
    if isinstance(detail, list):
        told = [_told(item) for item in detail if isinstance(item, Mapping)]
        code, text, words = ("; ".join(dict.fromkeys(filter(None, (one[part] for one in told)))) for part in range(3))
        return code, text, words
    return "", str(detail or ""), ""


def _refused(item: Mapping[str, Any]) -> str:
    """`prompt: "the words"` of one detail: its place, and what its context lists as refused or what stood there."""
    place = ".".join(str(part) for part in item.get("loc") or () if part != "body")
    context = item.get("ctx")
    listed = [value for value in context.values() if isinstance(value, list)] if isinstance(context, Mapping) else []
    named = [word for value in listed for word in value]
    stood = item.get("input")
    shown = ", ".join(word for word in named if isinstance(word, str)) or (stood if isinstance(stood, str) else "")
    shown = shown if len(shown) <= _SHORT else shown[:_SHORT] + "…"
    return ": ".join(filter(None, [place, f'"{shown}"' if shown else ""]))


def _transport(error: Exception, provider: Provider, step: Step, secrets: Iterable[str]) -> Failure:
    """Before the send: no connection was made, so no request left. After: it may have arrived whole."""
    text = clean(f"{type(error).__name__}: {error}", secrets)
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)):
        return noticed(provider, step, Kind.NOT_SENT, text)
    if isinstance(error, httpx.TransportError):
        return noticed(provider, step, Kind.ANSWER_LOST, text)
    return noticed(provider, step, Kind.ODD_ANSWER, text)


def _positive(value: str | None) -> bool:
    try:
        return float(value or 0) > 0
    except ValueError:
        return False
