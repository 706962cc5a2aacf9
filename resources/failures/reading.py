"""From a symptom to its failure, and from what the two clients and httpx raise to a symptom, with the keys cut out."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from resources.failures.kinds import Failure, Kind, Provider, Step, Symptom
from resources.failures.table import TABLE

if TYPE_CHECKING:
    import httpx

_QUOTE: Final = 400  # characters of a provider's own words that an error shows
_SHORT: Final = 160  # characters of a refused field that an error shows


def classify(symptom: Symptom) -> Failure:
    """The failure behind a symptom. The last row of the table fits everything, so there always is one."""
    row = next(row for row in TABLE if row.fits(symptom))
    seen = [f"{symptom.provider} answered {symptom.status}" if symptom.status else "", symptom.text, symptom.words]
    return Failure(
        kind=row.kind,
        retryable=row.again if row.anew or symptom.retryable is None else symptom.retryable,
        charge=row.charge,
        what=row.what,
        why=": ".join(filter(None, seen)) or symptom.code,
        hint=row.hint,
        status=symptom.status,
        retry_after=symptom.retry_after,
        billed_units=symptom.billed_units,
        code=symptom.code,
        field=symptom.field,
    )


def noticed(provider: Provider, step: Step, kind: Kind, text: str = "") -> Failure:
    """A failure that this project notices itself: a deadline, a damaged file, an answer that makes no sense."""
    return classify(Symptom(provider, step, code=kind.value, text=text))


def of_fal(error: Exception, step: Step, *, secrets: Iterable[str] = ()) -> Failure:
    """Classify whatever `fal_client` or httpx raised. `secrets` are cut out of what it says."""
    # Here, and not above: who has such an error has its client, and all others need none.
    import httpx  # noqa: PLC0415
    from fal_client.auth import MissingCredentialsError  # noqa: PLC0415
    from fal_client.client import FalClientHTTPError  # noqa: PLC0415

    if isinstance(error, FalClientHTTPError):
        return classify(_fal_symptom(error.response, error.error_type, step, secrets))
    if isinstance(error, httpx.HTTPStatusError):
        return classify(_fal_symptom(error.response, None, step, secrets))
    if isinstance(error, MissingCredentialsError):
        return noticed(Provider.FAL, step, Kind.NO_KEY)
    return _transport(error, Provider.FAL, step, secrets)


def of_elevenlabs(error: Exception, step: Step, *, secrets: Iterable[str] = ()) -> Failure:
    """Classify whatever the `elevenlabs` SDK or httpx raised. `secrets` are cut out of what it says."""
    from elevenlabs.core.api_error import ApiError  # noqa: PLC0415  (as above)

    if not isinstance(error, ApiError):
        return _transport(error, Provider.ELEVENLABS, step, secrets)
    body = error.body if isinstance(error.body, Mapping) else {"detail": error.body}
    code, text, words, field = _parts(body.get("detail", body))
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return classify(
        Symptom(
            Provider.ELEVENLABS,
            step,
            status=error.status_code,
            code=code,
            text=clean(text, secrets),
            words=clean(words, secrets),
            field=field,
            generated="history-item-id" in headers or (_number(headers.get("character-cost")) or 0) > 0,
            retry_after=_seconds(headers.get("retry-after")),
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


def _fal_symptom(response: "httpx.Response", error_type: str | None, step: Step, secrets: Iterable[str]) -> Symptom:
    try:
        body: Any = response.json()
    except (ValueError, RecursionError):
        body = response.text
    # The queue and the models answer `detail`, the platform API `error`.
    detail = body.get("detail", body.get("error", body)) if isinstance(body, Mapping) else body
    code, text, words, field = _parts(detail)
    reason = error_type or response.headers.get("x-fal-error-type", "")
    units = _number(response.headers.get("x-fal-billable-units"))
    again = response.headers.get("x-fal-retryable") or response.headers.get("x-fal-needs-retry")
    return Symptom(
        Provider.FAL,
        step,
        status=response.status_code,
        code=" ".join(filter(None, [reason, code])),
        text=clean(text, secrets),
        words=clean(words, secrets),
        field=field,
        generated=(units or 0) > 0,
        billed_units=units,
        retry_after=_seconds(response.headers.get("retry-after")),
        retryable=None if again is None else again.lower() in ("true", "1"),
    )


def _parts(detail: Any) -> tuple[str, str, str, str]:
    """A `detail`'s code, message, refused words and refused field: of a sentence, a mapping, or a list of mappings."""
    if isinstance(detail, Mapping):
        code = " ".join(dict.fromkeys(str(detail[key]) for key in ("status", "code", "type") if detail.get(key)))
        return code, str(detail.get("message") or detail.get("msg") or ""), _refused(detail), _place(detail)
    if isinstance(detail, list):
        read = [_parts(item) for item in detail if isinstance(item, Mapping)]
        parts = ["; ".join(dict.fromkeys(filter(None, (one[part] for one in read)))) for part in range(3)]
        return parts[0], parts[1], parts[2], next((one[3] for one in read if one[3]), "")
    return "", str(detail or ""), "", ""


def _place(item: Mapping[str, Any]) -> str:
    """`prompt`, `elements.0.image_url`: the argument that a detail is about."""
    place = item.get("loc")
    parts = place if isinstance(place, list) else [place] if isinstance(place, str) else []
    return ".".join(str(part) for part in parts if part != "body")


def _refused(item: Mapping[str, Any]) -> str:
    """`prompt: "the words"` of one detail: its place, and what its context lists as refused or what stood there."""
    place = _place(item)
    context = item.get("ctx")
    listed = [value for value in context.values() if isinstance(value, list)] if isinstance(context, Mapping) else []
    named = [word for value in listed for word in value]
    stood = item.get("input")
    shown = ", ".join(word for word in named if isinstance(word, str)) or (stood if isinstance(stood, str) else "")
    shown = shown if len(shown) <= _SHORT else shown[:_SHORT] + "…"
    return ": ".join(filter(None, [place, f'"{shown}"' if shown else ""]))


def _transport(error: Exception, provider: Provider, step: Step, secrets: Iterable[str]) -> Failure:
    """Before the send: no connection was made, so no request left. After: it may have arrived whole."""
    import httpx  # noqa: PLC0415  (as above)

    text = clean(f"{type(error).__name__}: {error}", secrets)
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)):
        return noticed(provider, step, Kind.NOT_SENT, text)
    if isinstance(error, httpx.TransportError):
        return noticed(provider, step, Kind.ANSWER_LOST, text)
    return noticed(provider, step, Kind.ODD_ANSWER, text)


def _number(value: str | None) -> float | None:
    """A header's number; None where there is none that means something."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds(value: str | None) -> float | None:
    """A Retry-After header in seconds from now, given as a number or as a date."""
    seconds = _number(value)
    if seconds is None and value:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return None if seconds is None else max(seconds, 0.0)
