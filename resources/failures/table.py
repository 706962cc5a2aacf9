"""The table: every failure of both providers, as rows of data. The first row that fits a symptom is the failure.

A row says what it is, whether another try can help, whether it may have cost money and what a person does next.
Sources: docs/sources/fal-queue.md#errors, docs/sources/fal-billing.md#failures, docs/sources/elevenlabs.md#errors, and
the two clients' own code.
"""

from typing import Final

from resources.core.errors import Charge
from resources.failures.kinds import Kind, Provider, Row, Step

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
        says=r"paid_plan_required|payment_required|only_for_creator|output_format_not_allowed|subscription_required",
    ),
    Row(
        Kind.FORBIDDEN,
        "the ElevenLabs key may not make speech",
        "give the key the permission text to speech at https://elevenlabs.io/app/settings/api-keys",
        provider=_ELEVEN,
        says=r"missing_permissions|insufficient_permissions",
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
        says=r"unsupported_(model|language)|model_not_found|invalid_(model|voice_settings)",
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
    Row(
        Kind.NO_ENDPOINT,
        "the provider does not know what was asked for",
        "run `ninja doctor`; if all is well there, the provider has changed: bring this project up to date",
        statuses={404, 410},
    ),
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
