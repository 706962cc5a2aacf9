"""The queue of fal.ai with the ledger under it: a clip is bought once.

`deliver` walks one purchase from wherever the ledger says it stands to its file in the library. The submit POST is sent
once; whatever then happens to this process, the next one finds the request again: by its stored addresses, or in the
provider's history. What neither shows waits for a person's word. No deadline here cancels anything.
"""

import logging
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from resources import failures
from resources.core.errors import Charge, StudioError
from resources.core.library import Library
from resources.core.progress import Progress, report
from resources.core.progress import Step as Stage
from resources.failures import Failure, Kind, Provider, Step
from resources.media.delivered_file import ClipFacts, PictureFacts
from resources.models.prices import Billed, billed_usd
from resources.providers.fal.client import FalClient
from resources.providers.fal.download import Download
from resources.providers.fal.history import FalHistory
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.submissions import CLIENT_ERRORS, FalRequests, told
from resources.providers.fal.uploads import FalUploads
from resources.purchasing.ledger import Claim, ClaimKind, Entry, Ledger
from resources.purchasing.ledger.entry import UNSEEN
from resources.purchasing.requests.job import PROVIDER, Job
from resources.purchasing.worker import Claims, looks

LOG = logging.getLogger("ninja.fal")

_SUBMITS: Final = 3  # tries to hand a request over that provably was not taken


@dataclass(frozen=True)
class Times:
    """Seconds. Production values are the defaults; tests shorten them."""

    poll: float = 2.1  # between two looks at one request; never under 2 in production
    deadline: float = 2700.0  # 45 min in which a clip does not come forward, in the queue or to work (it takes about 4)
    wait: float = 1.0  # between looks at a purchase that another worker makes
    retry: float = 2.0  # before a request that provably was not taken is sent again
    look_up: float = 900.0  # how long a lost request is looked for: the history may list it only when it has ended


@dataclass(frozen=True)
class Delivery:
    """A bought clip: its ledger entry, and whether it was paid for before this."""

    entry: Entry
    reused: bool


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
        watch: PriceWatch | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._library = library
        self._uploads = uploads
        self._watch = watch
        self._unseen: dict[int, str] = {}  # entry -> why its price was not looked at before it was sent
        self._history = FalHistory(client)
        self._times = times or Times()
        self._claims = Claims(Provider.FAL, ledger, library, wait=self._times.wait)
        self._download = download or Download(client.base_url, secrets=client.secrets)
        self.requests = FalRequests(client, poll_seconds=self._times.poll, pause=self._claims.pause)

    def stop(self) -> None:
        """End every wait with an error that says to run again."""
        self._claims.stop()

    def deliver(self, job: Job) -> Delivery:
        """The clip of a purchase, bought if it never was. Raises StudioError; what was paid is never lost by one."""
        deadline = time.monotonic() + self._times.deadline
        submits = resubmits = 0
        while True:
            claim = self._claims.claimed(job.purchase, deadline)
            if claim.kind is ClaimKind.REUSE:
                return Delivery(claim.entry, reused=True)
            paid_before = claim.entry.cost_usd is not None  # its file is fetched again
            with self._ledger.lease(claim):
                if claim.kind is ClaimKind.SEND:
                    submits += 1
                    self._look_at_price(claim)
                    accepted = self._submitted(claim, job, last=submits == _SUBMITS)
                elif claim.kind is ClaimKind.RECONCILE:
                    accepted = self._found(claim)
                else:
                    accepted = claim
                if accepted is None:
                    continue
                outcome = self._finished(accepted, job)
                if isinstance(outcome, Entry):
                    return Delivery(outcome, reused=paid_before)
                self._failed(accepted, job, outcome)
                # Provably not charged: the model never had its input. Once more, with new addresses.
                if outcome.kind is not Kind.MEDIA_REFUSED or outcome.charge is not Charge.NONE or resubmits:
                    raise told(outcome, accepted.entry)
                resubmits += 1
                LOG.warning("%s: %s; uploading anew", accepted.entry.where, outcome.why)

    # Submit

    def _submitted(self, claim: Claim, job: Job, *, last: bool) -> Claim | None:
        """The claim with its request id; None when the request was provably not taken and may be claimed again."""
        arguments = self._addressed(job)
        claim = self._ledger.sending(claim, sent=arguments)
        try:
            handle = self.requests.submit(claim.entry.endpoint, arguments)
        except CLIENT_ERRORS as error:
            failure = self._client.failure(error, Step.SUBMIT)
            if failure.charge is not Charge.NONE:
                LOG.warning("%s: %s (%s)", claim.entry.where, failure.what, failure.why)
                return self._found(self._ledger.unknown(claim, f"{failure.what}: {failure.why}"))
            self._ledger.not_sent(claim, f"{failure.what}: {failure.why}")
            if failure.kind is Kind.LOCKED:
                self._ledger.lock_provider(PROVIDER, failure.why)
                mend = f"{failure.mend}; `ninja ledger unlock {PROVIDER}` lets new requests out again"
                raise failure.error(claim.entry.where, mend=mend) from None
            if not failure.retryable or last:
                raise failure.error(claim.entry.where) from None
            LOG.warning("%s: %s (%s); trying again", claim.entry.where, failure.what, failure.why)
            self._claims.pause(self._times.retry)
            return None
        return self._ledger.submitted(
            claim, handle.request_id, handle.status_url, handle.response_url, handle.cancel_url
        )

    def _addressed(self, job: Job) -> dict[str, JsonValue]:
        """The purchase's arguments with living addresses in the places of content names."""
        addresses = {name: self._uploads.upload(item).url for name, item in job.media.items()}

        def addressed(value: JsonValue) -> JsonValue:
            if isinstance(value, str):
                return addresses.get(value, value)
            if isinstance(value, list):
                return [addressed(item) for item in value]
            return {name: addressed(item) for name, item in value.items()} if isinstance(value, dict) else value

        return {name: addressed(value) for name, value in job.purchase.arguments.items()}

    def _found(self, claim: Claim) -> Claim:
        """A request whose answer never came, adopted from the provider's history.

        Raises StudioError that says how to settle it when the history cannot be read or does not show it (yet).
        """
        entry = claim.entry
        trouble = "the history does not show it"
        cell = entry.cell
        report(Progress(entry.asset, cell.episode, cell.segment, Stage.WAITING, "its answer was lost: looking for it"))
        for pause in looks(entry.sent_at, self._times.look_up):
            self._claims.pause(pause)
            try:
                request_id = self._in_history(entry)
            except StudioError as error:
                trouble = f"the history cannot be read: {error.what}"
                if error.retryable:
                    continue
                break
            if request_id is not None:
                LOG.warning("%s: found in the provider's history as %s", entry.where, request_id)
                return self._ledger.adopt(claim, request_id)
        raise self._claims.unsettled(claim, trouble)

    def _in_history(self, entry: Entry) -> str | None:
        if entry.sent is None or entry.sent_at is None:
            return None
        requests = self._history.matching(entry.endpoint, entry.sent, entry.sent_at)
        return next((found for found in requests if self._ledger.find(PROVIDER, found) is None), None)

    # Collect

    def _finished(self, claim: Claim, job: Job) -> Entry | Failure:
        """Wait for an accepted request and collect it: the finished entry, or the failure that the request ended with.

        Raises StudioError where the request itself lives on: it stays `submitted`, and the next run re-attaches.
        """
        ended = self.requests.ended(claim.entry, self._times.deadline)
        if isinstance(ended, Failure):
            return ended
        url = _address_in(ended.output, picture=job.seconds is None)
        if url is None:
            found = ", ".join(ended.output) or "nothing"
            return failures.noticed(Provider.FAL, Step.RESULT, Kind.NO_RESULT, f"it has {found}")
        return self.collect(claim, job, url, ended.billed, ended.spans)

    def collect(self, claim: Claim, job: Job, url: str, units: float | None, facts: Mapping[str, JsonValue]) -> Entry:
        """Bring a finished file into the library and the ledger. Raises StudioError; nothing wrong gets in.

        `units` are those that the provider billed: they count whatever the file turns out to be.
        """
        billed = self._billed(claim.entry, job, units)
        if units is not None and claim.entry.cost_usd is None:
            self._ledger.charged(claim, billed)
        with tempfile.TemporaryDirectory(prefix="ninja-fal-") as folder:
            path = Path(folder) / "file"
            try:
                found = self._fetched(url, path, job, claim.entry.where)
            except StudioError as error:
                if error.charge is Charge.CHARGED:
                    error.mend = f"{error.mend}; `ninja ledger settle {claim.entry.id} buy-again` orders it anew"
                raise
            media = self._library.put(path, found.suffix)
        seconds = found.seconds if isinstance(found, ClipFacts) else None
        return self._ledger.collected(
            claim,
            media=media,
            billed=billed,
            seconds=seconds,
            facts={
                **facts,
                **found.model_dump(exclude={"seconds", "suffix"}),
                **({"note": job.note} if job.note else {}),
                **({UNSEEN: unseen} if (unseen := self._unseen.pop(claim.entry.id, None)) else {}),
            },
        )

    def _look_at_price(self, claim: Claim) -> None:
        """Raise StudioError where the endpoint's price of today is not what was agreed; then nothing is sent."""
        unseen = self._watch.before(claim.entry.endpoint) if self._watch else None
        if unseen is not None:
            self._unseen[claim.entry.id] = unseen

    def _billed(self, entry: Entry, job: Job, units: float | None) -> Billed:
        """What a request cost: by the unit price that was agreed, else by the one that is known by now."""
        agreed = entry.estimate
        later = job.purchase.estimate.platform_unit_usd
        if later is None and self._watch is not None:
            later = self._watch.unit_usd(entry.endpoint)
        return billed_usd(units, agreed.platform_unit_usd or later, agreed.usd)

    def _fetched(self, url: str, path: Path, job: Job, where: str) -> ClipFacts | PictureFacts:
        if job.seconds is None:
            return self._download.picture(url, path, where=where)
        return self._download.clip(url, path, seconds=job.seconds, where=where)

    def _failed(self, claim: Claim, job: Job, failure: Failure) -> None:
        """Record how a request ended without a clip; addresses that a model could not read are not used again."""
        reason = f"{failure.what}: {failure.why}"
        units = failure.billed_units if failure.charge is not Charge.NONE else None
        billed = self._billed(claim.entry, job, units) if units else None
        self._ledger.failed(claim, charge=failure.charge, reason=reason, retryable=failure.retryable, billed=billed)
        if failure.kind is Kind.MEDIA_REFUSED:
            for media in job.media.values():
                self._uploads.forget(media)


def _address_in(output: Mapping[str, Any], *, picture: bool) -> str | None:
    """Where the file of a result is: `video.url` of a clip, `images[0].url` of a picture."""
    files = output.get("images") if picture else [output.get("video")]
    first = files[0] if isinstance(files, list) and files else None
    url = first.get("url") if isinstance(first, dict) else None
    return url if isinstance(url, str) else None
