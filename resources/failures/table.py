"""The table: every failure of both providers, as rows of data. The first row that fits a symptom is the failure.

A row says what it is, whether another try can help, whether it may have cost money and what a person does next.
Sources: docs/sources/fal-queue.md#errors, docs/sources/fal-billing.md#failures, docs/sources/elevenlabs.md#errors, and
the two clients' own code.
"""

from collections.abc import Collection
from typing import Final

from resources.core.errors import Charge
from resources.failures.kinds import Kind, Provider, Row, Step

_FAL, _ELEVEN = Provider.FAL, Provider.ELEVENLABS
_BUYING = frozenset({Step.SUBMIT, Step.SPEAK})
_SERVER = range(500, 600)
_CLIENT = range(400, 500)

_RUN_AGAIN = "run again: what is bought is found again and not paid twice"
_LATER = "run again in a few minutes; nothing was bought"
_LOOK_UP = "run again: the request is looked up at the provider before anything is sent again"
_SETTLE = "look at the provider's own page of requests, then tell what it shows: {settle}"
_FAL_KEY = "put a key of https://fal.ai/dashboard/keys into FAL_KEY, then run `ninja doctor`"
_ELEVEN_KEY = (
    "put a key of https://elevenlabs.io/app/settings/api-keys into ELEVENLABS_API_KEY, then run `ninja doctor`"
)
_FAL_BILLING = "top the account up at https://fal.ai/dashboard/billing, then run again: what is in flight is collected"
_ELEVEN_PLAN = "see the plan at https://elevenlabs.io/app/subscription, or choose another voice or model in show.yaml"


def _noticed(
    kind: Kind,
    what: str,
    hint: str,
    *,
    again: bool = False,
    charge: Charge = Charge.NONE,
    provider: Provider | None = None,
    steps: Collection[Step] = (),
) -> Row:
    """What this project notices by itself, and names by its kind: no HTTP answer tells it."""
    says = f"^{kind.value}"
    return Row(kind, what, hint, again, charge, provider, steps=steps, statuses=(None,), says=says)


# The first row that fits is the failure.
TABLE: Final[tuple[Row, ...]] = (
    _noticed(Kind.NO_KEY, "fal.ai has no key", _FAL_KEY, provider=_FAL),
    _noticed(Kind.NO_KEY, "ElevenLabs has no key", _ELEVEN_KEY, provider=_ELEVEN),
    _noticed(
        Kind.DEADLINE,
        "a bought clip was not finished in time; it goes on at the provider",
        "run again to re-attach to it: it is not paid twice",
        again=True,
        charge=Charge.POSSIBLE,
    ),
    _noticed(
        Kind.UNSETTLED,
        "a request was sent, and whether it was taken is not known yet",
        _LOOK_UP,
        again=True,  # a look-up costs nothing, and the history may lag
        charge=Charge.POSSIBLE,
    ),
    _noticed(
        Kind.UNSAFE_URL,
        "the address of a finished file is not one that may be fetched",
        "fetch the file by hand from the provider's page: {bring}",
        charge=Charge.CHARGED,
    ),
    _noticed(
        Kind.BAD_FILE,
        "a finished file arrived damaged, or is not what was ordered",
        "run again: it is fetched again and not paid again",
        again=True,
        charge=Charge.CHARGED,
    ),
    _noticed(
        Kind.NO_RESULT,
        "a request finished without a clip",
        _SETTLE,
        charge=Charge.POSSIBLE,
    ),
    _noticed(
        Kind.ODD_ANSWER,
        "the answer to a paid request cannot be understood",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
    ),
    _noticed(
        Kind.ODD_ANSWER,
        "a bought request reports a state that is not known",
        "run again to ask once more; if it stays so, " + _SETTLE,
        again=True,
        charge=Charge.POSSIBLE,
        steps={Step.POLL, Step.RESULT},
    ),
    _noticed(
        Kind.ODD_ANSWER,
        "the provider's answer cannot be understood",
        _LATER,
        again=True,
    ),
    _noticed(
        Kind.NOT_SENT,
        "the provider cannot be reached; nothing was sent",
        "check the network, then run again",
        again=True,
    ),
    _noticed(
        Kind.ANSWER_LOST,
        "the connection was lost after a paid request was sent",
        _LOOK_UP,
        again=True,
        charge=Charge.POSSIBLE,
        steps=_BUYING,
    ),
    _noticed(
        Kind.ANSWER_LOST,
        "the connection to the provider was lost",
        _RUN_AGAIN,
        again=True,
    ),
    # What fal's machine-readable type says, whatever the status (docs/sources: errors).
    Row(
        Kind.POLICY,
        "the words were refused by the provider's content policy",
        "change the words that `why` names in the episode or in show.yaml, then run again: the rest is kept",
        charge=Charge.POSSIBLE,
        provider=_FAL,
        types={"content_policy_violation"},
    ),
    Row(
        Kind.NO_MEDIA,
        "the model made nothing of this prompt",
        "change the prompt in the episode or in show.yaml, then run again: the rest is kept",
        charge=Charge.POSSIBLE,
        provider=_FAL,
        types={"no_media_generated"},
    ),
    Row(
        Kind.SERVER,
        "a service behind the model failed; failures of this kind are not billed",
        "run again: it is ordered anew",
        again=True,
        provider=_FAL,
        steps={Step.RESULT},
        types={"downstream_service_error", "downstream_service_unavailable", "generation_timeout"},
    ),
    Row(
        Kind.MEDIA_REFUSED,
        "the model could not read a file that was uploaded for it",
        "run again: the file is uploaded anew",
        again=True,
        provider=_FAL,
        types={"file_download_error"},
        generated=False,
        anew=True,
    ),
    Row(
        Kind.IMAGE_REFUSED,
        "the model finds no face in the picture",
        "use a picture in which the face is larger and seen from the front, then run again",
        provider=_FAL,
        types={"face_detection_error"},
    ),
    Row(
        Kind.IMAGE_REFUSED,
        "the model does not take the picture",
        "use a picture as `why` says, then run again",
        provider=_FAL,
        types={"image_too_large", "image_too_small", "image_load_error"},
    ),
    Row(
        Kind.SOUND_REFUSED,
        "the voice is too long for the model",
        "make the turn shorter, make it two turns, or use a model that takes more: `ninja models --kind avatar`",
        provider=_FAL,
        types={"audio_duration_too_long"},
    ),
    Row(
        Kind.SOUND_REFUSED,
        "the voice is too short for the model",
        "let the turn say more, or join it with the one before it",
        provider=_FAL,
        types={"audio_duration_too_short"},
    ),
    Row(
        Kind.SCHEMA,
        "a file is too large for the model",
        "use a smaller file, then run again",
        provider=_FAL,
        types={"file_too_large"},
    ),
    Row(
        Kind.NOT_STARTED,
        "the request waited too long for a machine at the provider",
        _LATER,
        again=True,
        provider=_FAL,
        steps={Step.RESULT},
        types={"request_timeout", "startup_timeout"},
    ),
    Row(
        Kind.SERVER,
        "the provider's machine failed; failures of this kind are not billed",
        "run again: it is ordered anew",
        again=True,
        provider=_FAL,
        steps={Step.RESULT},
        types={
            "runner_disconnected",
            "runner_connection_timeout",
            "runner_connection_refused",
            "runner_connection_error",
            "runner_incomplete_response",
            "runner_scheduling_failure",
            "runner_server_error",
            "internal_error",
        },
    ),
    Row(
        Kind.SCHEMA,
        "the model refused how it was asked, after it had begun",
        _SETTLE,
        charge=Charge.CHARGED,
        provider=_FAL,
        steps={Step.RESULT},
        statuses=_CLIENT,
        generated=True,
    ),
    Row(
        Kind.SERVER,
        "the model failed at the provider, and its work was billed",
        _SETTLE,
        charge=Charge.CHARGED,
        provider=_FAL,
        steps={Step.RESULT},
        statuses=_SERVER,
        generated=True,
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
        "fal.ai has locked the account; what was accepted renders on",
        _FAL_BILLING,
        again=True,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        steps={Step.POLL, Step.RESULT},
        statuses={403},
        says=r"locked|exhausted balance|top.?up",
    ),
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
        "look whether the provider's own page still has it: {bring}; else {settle}",
        charge=Charge.CHARGED,
        steps={Step.DOWNLOAD},
        statuses={404, 410},
    ),
    Row(
        Kind.BUSY,
        "the finished file was refused just now; it is paid for and waits at the provider",
        "run again: it is fetched again and not paid again",
        again=True,
        charge=Charge.CHARGED,
        steps={Step.DOWNLOAD},
        statuses={403},
    ),
    Row(
        Kind.OTHER,
        "a gateway before fal.ai refuses this machine; the key is not the cause",
        "run again later, or from another network",
        again=True,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        statuses={403},
        says=r"cloudflare|error code:? 1010",
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
        says=r"unsupported_(model|language)|model_not_found|invalid_(model|voice_settings|ttd_stability)",
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
        again=True,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        steps={Step.POLL, Step.RESULT},
        statuses={404, 410},
    ),
    Row(
        Kind.ODD_ANSWER,
        "the queue's answer says nothing about the request, which is as it was",
        "run again: it is asked about once more and not paid twice",
        again=True,
        charge=Charge.POSSIBLE,
        provider=_FAL,
        steps={Step.POLL, Step.RESULT},
        statuses={405, 406, 411, 412, 414, 417, 418, 421, 426, 431},
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
