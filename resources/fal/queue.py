"""The queue of fal.ai with the ledger under it: submit, poll, collect and cancel, so that a clip is bought once.

`deliver` walks one purchase from wherever the ledger says it stands to its file in the library. The submit POST is sent
once; whatever then happens to this process, the next one finds the request again: by its stored addresses, or in the
provider's history. No deadline here cancels anything.
"""

import logging
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import fal_client.client as sdk
import httpx
from fal_client import FalClientError
from fal_client.client import Completed, InProgress, Queued, Status, SyncRequestHandle
from pydantic import JsonValue

from resources import failures
from resources.errors import Charge, StudioError
from resources.failures import Failure, Kind, Provider, Step
from resources.fal.client import FalClient
from resources.fal.download import Download
from resources.fal.history import FalHistory
from resources.fal.uploads import PROVIDER, FalUploads
from resources.ledger import Claim, ClaimKind, Entry, Ledger, Purchase
from resources.library import Library
from resources.progress import Progress, report
from resources.progress import Step as Stage
from resources.seams import Media

LOG = logging.getLogger("ninja.fal")

# Finished files stay at the provider this long, in case that this machine is off when they are done.
_KEEP_SECONDS: Final = 30 * 86_400
_KEEP: Final = {"X-Fal-Object-Lifecycle-Preference": f'{{"expiration_duration_seconds": {_KEEP_SECONDS}}}'}
_SUBMITS: Final = 3  # tries to hand a request over that provably was not taken
_ODD_STATES: Final = 3  # answers in a row that make no sense, before the person is told
_RESULTS: Final = 4  # tries to fetch the result of a finished request
_CLIENT_ERRORS: Final = (FalClientError, httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError)
# Failures that only a request itself can end with; any other answer to its result may be about the asking.
_ENDS: Final = frozenset({Kind.POLICY, Kind.SCHEMA, Kind.MEDIA_REFUSED, Kind.CANCELLED, Kind.NOT_STARTED})
# A request can end with these too, and a gateway answers them when nothing is wrong with the request.
_PASSING: Final = frozenset({Kind.SERVER, Kind.TIMEOUT, Kind.BUSY, Kind.CONFLICT, Kind.OTHER})


@dataclass(frozen=True)
class Times:
    """Seconds. Production values are the defaults; tests shorten them."""

    poll: float = 2.5  # between two looks at one request; never under 2 in production
    deadline: float = 2700.0  # 45 min for one clip, queue and render (a clip takes about 4)
    wait: float = 1.0  # between looks at a purchase that another worker makes
    retry: float = 2.0  # before a request that provably was not taken is sent again
    lookups: tuple[float, ...] = (0.0, 2.0, 5.0, 10.0, 20.0)  # before each look into a history that may lag
    absent_after: float | None = 900.0  # a request that a readable history does not show after so long was never taken


@dataclass(frozen=True)
class Job:
    """A clip to be bought: its purchase, and the media behind the content names in its arguments.

    `seconds` is how long the clip should be. `billed_units` is what is paid for when the answer does not say it: None
    for the measured length.
    """

    purchase: Purchase
    media: Mapping[str, Media]  # `sha256:<hex>` in the purchase's arguments -> the file
    seconds: float
    billed_units: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Delivery:
    """A bought clip: its ledger entry, and whether it was there already."""

    entry: Entry
    reused: bool


@dataclass
class _Watch:
    """What polling saw of one request. Times are monotonic seconds."""

    began: float = field(default_factory=time.monotonic)
    working: float | None = None
    place: int | None = None
    lines: int = 0
    trouble: str | None = None


class FalQueue:
    """Buys clips through the queue. Safe for threads; `stop` ends every wait and cancels nothing."""

    def __init__(
        self,
        client: FalClient,
        ledger: Ledger,
        library: Library,
        uploads: FalUploads,
        *,
        times: Times | None = None,
        download: Download | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._library = library
        self._uploads = uploads
        self._history = FalHistory(client)
        self._times = times or Times()
        self._stop = threading.Event()
        self._download = download or Download(client.base_url, secrets=client.secrets)

    def stop(self) -> None:
        """End every wait with an error that says to run again."""
        self._stop.set()

    def deliver(self, job: Job) -> Delivery:
        """The clip of a purchase, bought if it never was. Raises StudioError; what was paid is never lost by one."""
        deadline = time.monotonic() + self._times.deadline
        submits = resubmits = 0
        while True:
            claim = self._claimed(job, deadline)
            if claim.kind is ClaimKind.REUSE:
                return Delivery(claim.entry, reused=True)
            with self._ledger.lease(claim):
                if claim.kind is ClaimKind.SEND:
                    submits += 1
                    accepted = self._submitted(claim, job, last=submits == _SUBMITS)
                elif claim.kind is ClaimKind.RECONCILE:
                    accepted = self._found(claim)
                else:
                    accepted = claim
                if accepted is None:
                    continue
                outcome = self._finished(accepted, job, deadline)
                if isinstance(outcome, Entry):
                    return Delivery(outcome, reused=False)
                self._failed(accepted, job, outcome)
                # Provably not charged: the model never had its input. Once more, with new addresses.
                if outcome.kind is not Kind.MEDIA_REFUSED or outcome.charge is not Charge.NONE or resubmits:
                    raise self._told(outcome, accepted.entry)
                resubmits += 1
                LOG.warning("%s: %s; uploading anew", _where(accepted.entry), outcome.why)

    # Submit

    def submit(self, endpoint: str, arguments: Mapping[str, JsonValue]) -> SyncRequestHandle:
        """The one POST that buys. Raises what the client raises; nothing is retried and nothing is recorded."""
        handle = self._client.sync.submit(endpoint, dict(arguments), headers=_KEEP)
        for url in (handle.status_url, handle.response_url, handle.cancel_url):
            self._check_ours(url)
        return handle

    def _submitted(self, claim: Claim, job: Job, *, last: bool) -> Claim | None:
        """The claim with its request id; None when the request was provably not taken and may be claimed again."""
        arguments = self._addressed(job)
        claim = self._ledger.sending(claim, sent=arguments)
        try:
            handle = self.submit(claim.entry.endpoint, arguments)
        except _CLIENT_ERRORS as error:
            failure = self._client.failure(error, Step.SUBMIT)
            if failure.charge is not Charge.NONE:
                LOG.warning("%s: %s (%s)", _where(claim.entry), failure.what, failure.why)
                return self._found(self._ledger.unknown(claim, f"{failure.what}: {failure.why}"))
            self._ledger.not_sent(claim, f"{failure.what}: {failure.why}")
            if failure.kind is Kind.LOCKED:
                self._ledger.lock_provider(PROVIDER, failure.why)
                mend = f"{failure.mend}; `ninja ledger unlock {PROVIDER}` lets new requests out again"
                raise failure.error(_where(claim.entry), mend=mend) from None
            if not failure.retryable or last:
                raise failure.error(_where(claim.entry)) from None
            LOG.warning("%s: %s (%s); trying again", _where(claim.entry), failure.what, failure.why)
            self._pause(self._times.retry)
            return None
        return self._ledger.submitted(
            claim, handle.request_id, handle.status_url, handle.response_url, handle.cancel_url
        )

    def _addressed(self, job: Job) -> dict[str, JsonValue]:
        """The purchase's arguments with living addresses in the places of content names."""
        addresses: dict[str, JsonValue] = {name: self._uploads.upload(item).url for name, item in job.media.items()}
        return {
            name: addresses.get(value, value) if isinstance(value, str) else value
            for name, value in job.purchase.arguments.items()
        }

    def _found(self, claim: Claim) -> Claim | None:
        """A request whose answer never came, adopted from the provider's history; None: it was never taken.

        Raises StudioError that says how to settle it when the history cannot be read or does not show it (yet).
        """
        entry = claim.entry
        trouble = "the history does not show it"
        for pause in self._times.lookups:
            self._pause(pause)
            try:
                request_id = self._in_history(entry)
            except StudioError as error:
                trouble = f"the history cannot be read: {error.what}"
                if error.retryable:
                    continue
                break
            if request_id is not None:
                LOG.warning("%s: found in the provider's history as %s", _where(entry), request_id)
                return self._ledger.adopt(claim, request_id)
            age, patience = _age(entry), self._times.absent_after
            if patience is not None and age > patience:
                LOG.warning(
                    "%s: not in the provider's history %.0f s after it was sent: never taken", _where(entry), age
                )
                self._ledger.not_sent(claim, f"not in the provider's history after {age:.0f} s")
                return None
        self._ledger.unknown(claim, trouble)
        failure = failures.noticed(Provider.FAL, Step.SUBMIT, Kind.UNSETTLED, trouble)
        raise failure.error(
            _where(entry),
            mend="it may have been charged. Run again later to look once more, or look at "
            f"https://fal.ai/dashboard/requests and then: `ninja ledger settle {entry.id} not-charged`, or "
            f"`ninja ledger settle {entry.id} found --request-id REQUEST_ID`",
        )

    def _in_history(self, entry: Entry) -> str | None:
        if entry.sent is None or entry.sent_at is None:
            return None
        requests = self._history.matching(entry.endpoint, entry.sent, entry.sent_at)
        return next((found for found in requests if self._ledger.find(PROVIDER, found) is None), None)

    # Poll

    def poll(self, entry: Entry, *, with_logs: bool = True) -> Status:
        """One look at a request. Raises what the client raises."""
        return self._handle(entry).status(with_logs=with_logs)

    def _awaited(self, entry: Entry, deadline: float, watch: _Watch) -> Completed:
        odd = 0
        while True:
            try:
                status = self.poll(entry)
                odd = 0
            except _CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.POLL)
                odd += failure.kind is Kind.ODD_ANSWER
                if failure.kind is Kind.REQUEST_GONE and self._kept(entry):
                    return Completed(logs=None, metrics={})
                if not failure.retryable or odd >= _ODD_STATES:
                    raise self._told(failure, entry) from None
                if failure.why != watch.trouble:
                    LOG.warning("%s: %s (%s); asking on", _where(entry), failure.what, failure.why)
                    watch.trouble = failure.why
            else:
                watch.trouble = None
                self._show(entry, status, watch)
                if isinstance(status, Completed):
                    return status
            if time.monotonic() + self._times.poll > deadline:
                waited = time.monotonic() - watch.began
                failure = failures.noticed(Provider.FAL, Step.POLL, Kind.DEADLINE, f"waited {waited:.0f} s")
                raise failure.error(_where(entry))
            self._pause(self._times.poll)

    def _show(self, entry: Entry, status: Status, watch: _Watch) -> None:
        """Tell whoever listens what changed: the place in the queue, the start of work, the provider's own lines."""
        if isinstance(status, Queued):
            if status.position != watch.place:
                watch.place = status.position
                _report(entry, Stage.WAITING, f"{status.position} before it in the queue")
            return
        if isinstance(status, InProgress) and watch.working is None:
            watch.working = time.monotonic()
            _report(entry, Stage.WORKING, "rendering")
        lines = getattr(status, "logs", None) or []
        for line in lines[watch.lines :]:
            if isinstance(line, dict) and line.get("message"):
                LOG.info("%s: %s", _where(entry), failures.clean(str(line["message"]), self._client.secrets))
        watch.lines = max(watch.lines, len(lines))

    # Collect

    def _finished(self, claim: Claim, job: Job, deadline: float) -> Entry | Failure:
        """Wait for an accepted request and collect it: the finished entry, or the failure that the request ended with.

        Raises StudioError where the request itself lives on: it stays `submitted`, and the next run re-attaches.
        """
        watch = _Watch()
        done = self._awaited(claim.entry, deadline, watch)
        answer = self._result(claim.entry, done)
        if isinstance(answer, Failure):
            return answer
        output, billed = answer
        video = output.get("video")
        url = video.get("url") if isinstance(video, dict) else None
        if not isinstance(url, str):
            return failures.noticed(
                Provider.FAL, Step.RESULT, Kind.NO_RESULT, f"it has {', '.join(output) or 'nothing'}"
            )
        return self.collect(claim, job, url, billed, self._spans(claim.entry, done, watch))

    def collect(self, claim: Claim, job: Job, url: str, billed: float | None, facts: Mapping[str, JsonValue]) -> Entry:
        """Bring a finished file into the library and the ledger. Raises StudioError; nothing wrong gets in."""
        with tempfile.TemporaryDirectory(prefix="ninja-fal-") as folder:
            path = Path(folder) / "clip.mp4"
            clip = self._download.clip(url, path, seconds=job.seconds, where=_where(claim.entry))
            media = self._library.put(path)
        units = billed if billed is not None else job.billed_units if job.billed_units is not None else clip.seconds
        return self._ledger.collected(
            claim,
            media=media,
            cost_usd=round(units * claim.entry.unit_price_usd, 6),
            seconds=clip.seconds,
            billed_units=billed,
            facts={**facts, **clip.model_dump(exclude={"seconds"}), **({"note": job.note} if job.note else {})},
        )

    def _result(self, entry: Entry, done: Completed) -> tuple[dict[str, Any], float | None] | Failure:
        """What a finished request answered and the units it billed; or the failure that it ended with."""
        handle = self._handle(entry)
        for attempt in range(1, _RESULTS + 1):
            try:
                # `handle.get` polls once more and hides the headers: the units are in one.
                response = handle.client.get(handle.response_url, timeout=sdk.QUEUE_POLL_TIMEOUT)
                response.raise_for_status()
                output = response.json()
            except _CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.RESULT)
                if failure.kind is Kind.REQUEST_GONE and (kept := self._kept(entry)):
                    return kept, None
                if failure.kind in _ENDS or (
                    failure.kind in _PASSING and done.error and (_of_the_model(error) or attempt == _RESULTS)
                ):
                    return failure
                if not failure.retryable or attempt == _RESULTS:
                    raise self._told(failure, entry) from None
                LOG.warning("%s: %s (%s)", _where(entry), failure.what, failure.why)
                self._pause(self._times.poll)
            else:
                units = _number(response.headers.get("x-fal-billable-units"))
                return (output if isinstance(output, dict) else {}), units
        raise AssertionError("unreachable: the last try returns or raises")

    def _kept(self, entry: Entry) -> dict[str, Any] | None:
        """What the history keeps of a request that the queue has forgotten."""
        return self._history.output(entry.endpoint, entry.request_id or "")

    def _failed(self, claim: Claim, job: Job, failure: Failure) -> None:
        """Record how a request ended without a clip; addresses that a model could not read are not used again."""
        reason = f"{failure.what}: {failure.why}"
        self._ledger.failed(claim, charge=failure.charge, reason=reason, retryable=failure.retryable)
        if failure.kind is Kind.MEDIA_REFUSED:
            for media in job.media.values():
                self._uploads.forget(media)

    # Cancel

    def cancel(self, entry: Entry) -> bool:
        """Ask the provider to stop a request: True if it was asked in time. What is in progress may still be billed.

        The ledger's row stays as it is: the next run finds out how the request ended. Raises StudioError.
        """
        try:
            self._handle(entry).cancel()
        except _CLIENT_ERRORS as error:
            failure = self._client.failure(error, Step.CANCEL)
            if isinstance(error, sdk.FalClientHTTPError) and error.status_code in (400, 404):
                return False
            raise failure.error(_where(entry)) from None
        return True

    # Parts

    def _claimed(self, job: Job, deadline: float) -> Claim:
        """A claim that is not busy and whose file, if it has one, is there."""
        while True:
            self._check_stop()
            claim = self._ledger.claim(job.purchase)
            if claim.kind is ClaimKind.REUSE and claim.entry.media and not self._library.has(claim.entry.media):
                claim = self._ledger.recollect(claim)
            if claim.kind is not ClaimKind.BUSY:
                return claim
            if time.monotonic() > deadline:
                failure = failures.noticed(Provider.FAL, Step.POLL, Kind.DEADLINE, "another worker still makes it")
                raise failure.error(_where(claim.entry))
            self._pause(self._times.wait)

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

    def _check_ours(self, url: str) -> None:
        """The key goes along to these addresses: only to the queue's own host."""
        queue = urlsplit(sdk.QUEUE_URL_FORMAT)
        parts = urlsplit(url)
        own = (parts.scheme, parts.netloc) == (queue.scheme, queue.netloc)
        if not own and not (parts.scheme == "https" and str(parts.hostname).endswith((".fal.run", ".fal.ai"))):
            raise ValueError(f"the answer names a queue at {parts.hostname}")

    def _told(self, failure: Failure, entry: Entry) -> StudioError:
        """The error of a request, with the command that settles it where a person has to."""
        if failure.kind in (Kind.REQUEST_GONE, Kind.ODD_ANSWER):
            first = "run again to ask once more; if it stays so, look"
        elif failure.kind in (Kind.NO_RESULT, Kind.OTHER, Kind.CANCELLED):
            first = "look"
        else:
            return failure.error(_where(entry))
        return failure.error(
            _where(entry),
            mend=f"{first} at https://fal.ai/dashboard/requests and then `ninja ledger settle {entry.id} not-charged`, "
            f"or `ninja ledger settle {entry.id} buy-again` if it was billed and you want it once more",
        )

    def _spans(self, entry: Entry, done: Completed, watch: _Watch) -> dict[str, JsonValue]:
        """Seconds in the queue and in work: by the provider's own measure of work where it gives one."""
        since = entry.submitted_at
        total = (datetime.now(UTC) - since).total_seconds() if since else time.monotonic() - watch.began
        seen = time.monotonic() - watch.working if watch.working is not None else None
        told = (done.metrics or {}).get("inference_time")
        work = float(told) if isinstance(told, (int, float)) else seen
        if work is None:
            return {}
        return {"queue_seconds": round(max(total - work, 0.0), 3), "render_seconds": round(work, 3)}

    def _pause(self, seconds: float) -> None:
        if seconds:
            self._stop.wait(seconds)
        self._check_stop()

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise StudioError(
                "stopped while clips were being made",
                mend="run again: what was bought goes on at the provider and is collected then",
                retryable=True,
                charge=Charge.POSSIBLE,
            )


def _where(entry: Entry) -> str:
    request = f", request {entry.request_id}" if entry.request_id else ""
    return f"{entry.cell.episode} {entry.cell.segment} {entry.asset} (ledger entry {entry.id}{request})"


def _age(entry: Entry) -> float:
    """Seconds since it was sent."""
    return (datetime.now(UTC) - entry.sent_at).total_seconds() if entry.sent_at else 0.0


def _report(entry: Entry, stage: Stage, detail: str) -> None:
    cell = entry.cell
    report(Progress(entry.asset, cell.episode, cell.segment, stage, detail))


def _of_the_model(error: Exception) -> bool:
    """Whether an error answer was made by the model's side, and not by a gateway before it."""
    headers = error.response.headers if isinstance(error, httpx.HTTPStatusError) else {}
    return "x-fal-request-id" in headers or "x-fal-error-type" in headers


def _number(value: str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None
