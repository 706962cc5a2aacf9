"""One request at the queue of fal.ai: handed over, asked about, its result read, asked to stop.

Nothing is decided here about what was paid: `queue` does, with the ledger. No deadline here cancels anything.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit

import fal_client.client as sdk
import httpx
from fal_client import FalClientError
from fal_client.client import Completed, InProgress, Queued, Status, SyncRequestHandle
from pydantic import JsonValue

from resources import failures
from resources.core.errors import StudioError
from resources.core.memory import give_back
from resources.core.progress import Progress, report
from resources.core.progress import Step as Stage
from resources.failures import Failure, Kind, Provider, Step
from resources.models.prices.billing import number_of
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.history import FalHistory
from resources.providers.fal.wire.webhooks import FalWebhooks
from resources.purchasing.ledger import Entry
from resources.purchasing.telling import error_of

LOG = logging.getLogger("ninja.fal")

CLIENT_ERRORS: Final = (
    FalClientError, httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, RecursionError
)  # fmt: skip
# Finished files stay at the provider this long, in case that this machine is off when they are done.
_KEEP_SECONDS: Final = 30 * 86_400
_KEEP: Final = {
    "X-Fal-Object-Lifecycle-Preference": f'{{"expiration_duration_seconds": {_KEEP_SECONDS}}}',
    "X-Fal-No-Retry": "1",
}
_LEAST_START: Final = 1.1  # seconds: the client takes no start deadline of a second or less
_LONGEST_WAIT: Final = 120.0  # seconds that a provider may ask to be left alone before a request is asked about again
_ODD_STATES: Final = 3  # answers in a row that make no sense or refuse, before the run leaves it to the next one
_WITH_WEBHOOKS: Final = 30  # times as long between two looks: a webhook may be lost
_RESULTS: Final = 4  # tries to fetch the result of a finished request


@dataclass(frozen=True)
class Ended:
    """A request that ended well: its answer, the units that it billed, where told, and seconds in queue and work."""

    output: Mapping[str, Any]
    billed: float | None
    spans: Mapping[str, JsonValue]


@dataclass
class _Watch:
    """What polling saw of one request. Times are monotonic seconds."""

    began: float = field(default_factory=time.monotonic)
    moved: float = field(default_factory=time.monotonic)  # when it last came forward: in the queue, or to work
    working: float | None = None
    place: int | None = None
    lines: int = 0
    trouble: str | None = None


class FalRequests:
    """The queue's calls. Safe for threads. `poll_seconds` lie between two looks at a request, waited by `pause`.

    `start_seconds` go out with a request: one that has not begun by then ends, at no cost. The provider is asked not to
    try it again by itself, so that there is a time by which each request must have ended. With `webhooks` it looks for
    what they told, and asks the provider seldom.
    """

    def __init__(
        self,
        client: FalClient,
        *,
        poll_seconds: float,
        start_seconds: float,
        pause: Callable[[float], None],
        webhooks: FalWebhooks | None = None,
    ) -> None:
        self._client = client
        self._history = FalHistory(client)
        self._poll_seconds = poll_seconds
        self._start_seconds = start_seconds
        self._pause = pause
        self._webhooks = webhooks
        self._has_waited = False

    @classmethod
    def once(cls, client: FalClient) -> Self:
        """For who asks of a request once, and waits for none."""
        return cls(client, poll_seconds=0.0, start_seconds=0.0, pause=time.sleep)

    def submit(
        self, endpoint: str, arguments: Mapping[str, JsonValue], *, webhook: str | None = None
    ) -> SyncRequestHandle:
        """The one POST that buys. Raises what the client raises; nothing is retried and nothing is recorded.

        `webhook` is the address that is told when the request has ended.

        No second POST is the same request: docs/sources/fal-queue.md#no-idempotency.
        """
        handle = self._client.whole(
            lambda: self._client.sync.submit(
                endpoint,
                dict(arguments),
                webhook_url=webhook,
                headers=_KEEP,
                start_timeout=max(self._start_seconds, _LEAST_START),
            )
        )
        if not isinstance(handle.request_id, str) or not handle.request_id:  # the client takes whatever stands there
            raise ValueError("the answer names no request")
        addresses = (handle.status_url, handle.response_url, handle.cancel_url)
        if all(_is_ours(url) for url in addresses):
            return handle
        LOG.warning("%s: the answer names another queue: its own addresses are used", handle.request_id)
        return self._client.sync.get_handle(endpoint, handle.request_id)

    def poll(self, entry: Entry) -> Status:
        """One look at a request. Raises what the client raises."""
        return self._client.whole(lambda: self._handle(entry).status(with_logs=True))

    def stands(self, entry: Entry) -> str | None:
        """How an entry's own request stands: delivered, under way, or None where it failed or is not known any more.

        Raises StudioError where that cannot be known.
        """
        status = (self._history.item(entry.endpoint, entry.request_id or "") or {}).get("status_code")
        if isinstance(status, int):
            return "delivered" if status < 400 else None
        try:
            answer = self.poll(entry)
        except CLIENT_ERRORS as error:
            failure = self._client.failure(error, Step.POLL)
            if failure.kind is Kind.REQUEST_GONE:
                return None
            raise failure.error(entry.where) from None
        if not isinstance(answer, Completed):
            return "under way"
        return None if answer.error else "delivered"

    def ended(self, entry: Entry, patience_seconds: float) -> Ended | Failure:
        """Wait for a request: how it ended well, or the failure that it ended with.

        Gives up when it has not come forward, in the queue or to work, for `patience_seconds`. Raises StudioError where
        the request itself lives on.
        """
        watch = _Watch()
        done = self._awaited(entry, patience_seconds, watch)
        answer = self._result(entry, done)
        if isinstance(answer, Failure):
            return answer
        output, billed = answer
        return Ended(output, billed, _spans(entry, done, watch))

    def cancel(self, entry: Entry) -> bool:
        """Ask the provider to stop a request: True if it was asked in time. What is in progress may still be billed.

        The ledger's row stays as it is: the next run finds out how the request ended. Raises StudioError.
        """
        try:
            self._client.whole(self._handle(entry).cancel)
        except CLIENT_ERRORS as error:
            failure = self._client.failure(error, Step.CANCEL)
            if isinstance(error, sdk.FalClientHTTPError) and error.status_code in (400, 404):
                return False
            raise error_of(failure, entry) from None
        return True

    def _awaited(self, entry: Entry, patience_seconds: float, watch: _Watch) -> Completed:
        odd = 0
        while True:
            pause = self._poll_seconds
            try:
                status = self.poll(entry)
                odd = 0
            except CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.POLL)
                odd += failure.kind in (Kind.ODD_ANSWER, Kind.REQUEST_GONE) or not failure.retryable
                pause = self._asked_to_wait(failure)
                if failure.kind is Kind.REQUEST_GONE and self._kept(entry):
                    return Completed(logs=None, metrics={})
                if odd >= _ODD_STATES:
                    raise error_of(_about_asking(failure, Step.POLL), entry) from None
                if failure.why != watch.trouble:
                    LOG.warning("%s: %s (%s); asking on", entry.where, failure.what, failure.why)
                    watch.trouble = failure.why
            else:
                watch.trouble = None
                self._show(entry, status, watch)
                if isinstance(status, Completed):
                    return status
            pause = self._apart(entry, pause)
            if time.monotonic() + pause > watch.moved + patience_seconds:
                waited = time.monotonic() - watch.began
                raise error_of(
                    failures.noticed(Provider.FAL, Step.POLL, Kind.DEADLINE, f"waited {waited:.0f} s"), entry
                )
            self._wait(entry, pause)

    def _apart(self, entry: Entry, seconds: float) -> float:
        """Seconds until the next look at a request: many while its webhook is waited for."""
        waits = self._webhooks is not None and not self._webhooks.arrived(entry)
        return max(seconds, self._poll_seconds * _WITH_WEBHOOKS) if waits else seconds

    def _wait(self, entry: Entry, seconds: float) -> None:
        """Wait so long; no longer when the request's webhook tells that it has ended."""
        if not self._has_waited:  # the voices, and all that only they needed, are done with
            self._has_waited = True
            give_back()
        until = time.monotonic() + seconds
        already = self._webhooks is None or self._webhooks.arrived(entry)
        while (left := until - time.monotonic()) > 0:
            self._pause(left if already else min(left, self._poll_seconds))
            if not already and self._webhooks is not None and self._webhooks.arrived(entry):
                return

    def _show(self, entry: Entry, status: Status, watch: _Watch) -> None:
        """Tell whoever listens what changed: the place in the queue, the start of work, the provider's own lines."""
        if isinstance(status, Queued):
            if status.position != watch.place:
                watch.place, watch.moved = status.position, time.monotonic()
                _report(entry, Stage.WAITING, f"{status.position} before it in the queue")
            return
        if isinstance(status, InProgress) and watch.working is None:
            watch.working = watch.moved = time.monotonic()
            _report(entry, Stage.WORKING, "rendering")
        logs = getattr(status, "logs", None)
        lines = logs if isinstance(logs, list) else []
        for line in lines[watch.lines :]:
            if isinstance(line, dict) and line.get("message"):
                LOG.info("%s: %s", entry.where, failures.clean(str(line["message"]), self._client.secrets))
        watch.lines = max(watch.lines, len(lines))

    def _result(self, entry: Entry, done: Completed) -> tuple[dict[str, Any], float | None] | Failure:
        """What a finished request answered and the units it billed; or the failure that it ended with.

        A failure has two witnesses: the status says so and the model's own answer, or either of them and the history.
        An error answer alone may be a gateway's, about the asking. Raises StudioError where there is one witness: the
        request lives on.
        """
        handle = self._handle(entry)
        failure = failures.noticed(Provider.FAL, Step.RESULT, Kind.NO_RESULT)
        for attempt in range(_RESULTS):
            if attempt:
                self._pause(self._asked_to_wait(failure))
            try:
                # `handle.get` polls once more and hides the headers: the units are in one.
                response = self._client.whole(
                    lambda: handle.client.get(handle.response_url, timeout=sdk.QUEUE_POLL_TIMEOUT)
                )
                response.raise_for_status()
                output = response.json()
            except CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.RESULT)
                if done.error and _of_the_model(error):
                    return failure
                LOG.warning("%s: %s (%s)", entry.where, failure.what, failure.why)
            else:
                units = number_of(response.headers.get("x-fal-billable-units"))
                return (output if isinstance(output, dict) else {}), units
        return self._by_history(entry, done, failure)

    def _by_history(self, entry: Entry, done: Completed, failure: Failure) -> tuple[dict[str, Any], None] | Failure:
        """What the history keeps of a request, where its result could not be read: the second witness."""
        try:
            item = self._history.item(entry.endpoint, entry.request_id or "")
        except StudioError:
            item = None
        status = (item or {}).get("status_code")
        output = (item or {}).get("json_output")
        failed = isinstance(status, int) and status >= 400
        if isinstance(output, dict) and not failed:
            return output, None
        if isinstance(status, int) and failed:
            if failure.status == status:  # the history is the second witness of what was answered
                return failure
            text = failures.clean(str(done.error or ""), self._client.secrets)
            symptom = failures.Symptom(
                Provider.FAL, Step.RESULT, status=status, code=str(done.error_type or ""), text=text
            )
            return failures.classify(symptom)
        raise error_of(_about_asking(failure, Step.RESULT), entry) from None

    def _asked_to_wait(self, failure: Failure) -> float:
        """Seconds until it is asked again: what the provider says, and never less than lie between two looks."""
        return max(self._poll_seconds, min(failure.retry_after or 0.0, _LONGEST_WAIT))

    def _kept(self, entry: Entry) -> bool:
        """Whether the history keeps a request that the queue has forgotten."""
        return self._history.item(entry.endpoint, entry.request_id or "") is not None

    def _handle(self, entry: Entry) -> SyncRequestHandle:
        """A handle for a stored request. Requests adopted from the history have no addresses: they are made up."""
        request_id = entry.request_id or ""
        built = self._client.sync.get_handle(entry.endpoint, request_id)
        if not (entry.status_url and entry.response_url and entry.cancel_url):
            return built
        return SyncRequestHandle(
            request_id=request_id,
            response_url=entry.response_url,
            status_url=entry.status_url,
            cancel_url=entry.cancel_url,
            client=built.client,
        )


def _is_ours(url: str) -> bool:
    """The key goes along to these addresses: only to the queue's own host."""
    try:
        queue, parts = urlsplit(sdk.QUEUE_URL_FORMAT), urlsplit(str(url))
    except ValueError:  # no address at all: the request is taken, and its id is known
        return False
    own = (parts.scheme, parts.netloc) == (queue.scheme, queue.netloc)
    return own or (parts.scheme == "https" and str(parts.hostname).endswith((".fal.run", ".fal.ai")))


def _spans(entry: Entry, done: Completed, watch: _Watch) -> dict[str, JsonValue]:
    """Seconds in the queue and in work: by the provider's own measure of work where it gives one."""
    since = entry.submitted_at
    total = (datetime.now(UTC) - since).total_seconds() if since else time.monotonic() - watch.began
    seen = time.monotonic() - watch.working if watch.working is not None else None
    metrics = done.metrics if isinstance(done.metrics, dict) else {}  # as it came: no odd one loses what is paid for
    measured = metrics.get("inference_time")
    work = float(measured) if isinstance(measured, (int, float)) and math.isfinite(measured) else seen
    if work is None:
        return {}
    return {"queue_seconds": round(max(total - work, 0.0), 3), "render_seconds": round(work, 3)}


def _report(entry: Entry, stage: Stage, detail: str) -> None:
    cell = entry.cell
    report(Progress(entry.asset, cell.episode, cell.segment, stage, detail))


def _of_the_model(error: Exception) -> bool:
    """Whether an error answer was made by the model's side, and not by a gateway before it."""
    headers = error.response.headers if isinstance(error, httpx.HTTPStatusError) else {}
    return any(name in headers for name in ("x-fal-request-id", "x-fal-error-type", "x-fal-retryable"))


def _about_asking(failure: Failure, step: Step) -> Failure:
    """A failure to ask about a request that lives on: what one answer calls wrong is no word about the request."""
    if failure.kind not in (Kind.SCHEMA, Kind.OTHER, Kind.POLICY, Kind.NO_ENDPOINT, Kind.CONFLICT):
        return failure
    return replace(failures.noticed(Provider.FAL, step, Kind.ODD_ANSWER, failure.why), status=failure.status)
