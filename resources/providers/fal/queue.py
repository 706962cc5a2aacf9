"""The queue of fal.ai with the ledger under it: a clip is bought once.

`deliver` walks one purchase from wherever the ledger says it stands to its file in the library. The submit POST is sent
once; whatever then happens to this process, the next one finds the request again: by its stored addresses, or in the
provider's history. What neither shows is looked for until it must have ended: see `purchasing.verdict`. No deadline
here cancels anything.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from fal_client.client import SyncRequestHandle
from pydantic import JsonValue

from resources import failures
from resources.core.errors import Charge, LedgerError, StudioError
from resources.core.library import Library
from resources.core.text.json_strings import changed
from resources.failures import Failure, Kind, Provider, Step
from resources.media.delivered_file import ClipFacts, PictureFacts
from resources.models.prices import Billed, PlatformPrice, billed_usd
from resources.providers.fal.pricing import PriceWatch
from resources.providers.fal.submissions import CLIENT_ERRORS, FalRequests
from resources.providers.fal.uploads import FalUploads
from resources.providers.fal.wire.client import FalClient
from resources.providers.fal.wire.download import Download, Whose
from resources.providers.fal.wire.history import FalHistory
from resources.providers.fal.wire.webhooks import FalWebhooks
from resources.purchasing import verdict
from resources.purchasing.account import Account
from resources.purchasing.ledger import Claim, ClaimKind, Collected, Entry, Ledger
from resources.purchasing.ledger.tables.entry import UNSEEN
from resources.purchasing.requests.quotes import is_paid
from resources.purchasing.requests.request import Request
from resources.purchasing.spool import Delivery
from resources.purchasing.telling import commands_of, error_of
from resources.purchasing.verdict import Window
from resources.purchasing.worker import Look, Worker

LOG = logging.getLogger("ninja.fal")

_SUBMITS: Final = 3  # tries to hand a request over, where the provider is busy or cannot be reached
_TRIES: Final = 2  # times that one run orders what ended at no cost and may be tried again
_AGAIN: Final = frozenset({Kind.MEDIA_REFUSED, Kind.NOT_STARTED})  # the model never had its input, or never began


@dataclass(frozen=True)
class Times:
    """Seconds. Production values are the defaults; tests shorten them."""

    poll: float = 2.1  # between two looks at one request; never under 2 in production
    deadline: float = 2700.0  # 45 min in which a clip does not come forward, in the queue or to work (it takes about 4)
    wait: float = 1.0  # between looks at a purchase that another worker makes
    retry: float = 2.0  # before a request that never left is sent again
    start: float = 3600.0  # sent along: a request that has not begun by then ends as not started
    work: float = 1800.0  # the longest that a model works once it has begun: after both, a request must have ended
    look: float = 10.0  # between two looks for a request into the history, at the least

    @property
    def window(self) -> Window:
        """How long a request that was sent may still turn up."""
        return Window(self.start + self.work, self.look)


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
        webhooks: FalWebhooks | None = None,
        account: Account | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._library = library
        self._uploads = uploads
        self._watch = watch
        self._unseen: dict[int, str] = {}  # entry -> why its price was not looked at before it was sent
        self._times = times or Times()
        self._webhooks = webhooks
        look = look_of(client, ledger, webhooks)
        self._account = account or Account(ledger, Provider.FAL, None, due=lambda _: 0.0)
        self._worker = Worker(Provider.FAL, ledger, library, look, window=self._times.window, wait=self._times.wait)
        self._download = download or Download(client.base_url, secrets=client.secrets)
        self.requests = FalRequests(
            client,
            poll_seconds=self._times.poll,
            start_seconds=self._times.start,
            pause=self._worker.pause,
            webhooks=webhooks,
        )

    def stop(self) -> None:
        """End every wait with an error that says to run again, and upload nothing more."""
        self._worker.stop()
        self._uploads.stop()

    def deliver(self, request: Request) -> Collected:
        """The clip of a purchase, bought if it never was. Raises StudioError; what was paid is never lost by one."""
        deadline = time.monotonic() + self._times.deadline
        submits = tries = 0
        while True:
            claim = self._worker.claimed(request.purchase, deadline)
            if claim.reused is not None:
                return claim.reused
            with self._ledger.lease(claim), self._place(claim):
                accepted: Claim | None = claim
                if claim.kind is ClaimKind.SEND:
                    submits += 1
                    accepted = self._submitted(self._worker.looked_back(claim), request, last=submits >= _SUBMITS)
                elif claim.kind is ClaimKind.RECONCILE:
                    accepted = self._worker.reconciled(claim)
                if accepted is None:
                    continue
                outcome = self._finished(accepted, request)
                if isinstance(outcome, Collected):
                    return outcome
                entry = self._failed(accepted, request, outcome)
                tries += 1
                if outcome.kind not in _AGAIN or entry.charge is not Charge.NONE or tries >= _TRIES:
                    raise error_of(outcome, entry, self._library)
                LOG.warning("%s: %s; ordering it anew", entry.where, outcome.why)

    def check_room(self, requests: Sequence[Request]) -> None:
        """Raise CapError when what is not paid of one cell's requests would together go over a cap. Records nothing."""
        purchases = [request.purchase for request in requests]
        self._ledger.check_room([purchase for purchase in purchases if not is_paid(self._ledger, purchase)])

    def _place(self, claim: Claim) -> AbstractContextManager[bool]:
        """A place at the account: waited for before a request goes out; what is under way already has one."""
        waits = claim.kind is ClaimKind.SEND
        return self._account.place(claim.purchase.cell.episode, self._worker.stopped, waits=waits)

    # Submit

    def _submitted(self, claim: Claim, request: Request, *, last: bool) -> Claim | None:
        """The claim with its request id; None when the request was not taken and may be claimed again.

        `last`: this run sends it no further time.
        """
        if claim.kind is not ClaimKind.SEND:
            return claim
        price = self._look_at_price(claim)
        arguments = self._addressed(request)
        webhook = self._webhooks.address(claim.entry) if self._webhooks else None

        def post() -> SyncRequestHandle | Failure:
            nonlocal claim
            claim = self._worker.sending(claim, arguments, price)
            try:
                return self.requests.submit(claim.entry.endpoint, arguments, webhook=webhook)
            except CLIENT_ERRORS as error:
                return self._client.failure(error, Step.SUBMIT)

        answer = self._worker.let_out(post)
        if isinstance(answer, Failure):
            LOG.warning("%s: %s (%s)", claim.entry.where, answer.what, answer.why)
            accepted = self._worker.after(claim, answer, Step.SUBMIT)
            if accepted is None:
                if last:
                    raise error_of(answer, claim.entry)
                self._worker.pause(self._times.retry)
            return accepted
        return self._worker.accepted(
            claim, answer.request_id, answer.status_url, answer.response_url, answer.cancel_url
        )

    def _look_at_price(self, claim: Claim) -> PlatformPrice | None:
        """What the endpoint's own unit costs today, as far as it is known.

        Raises StudioError where that is not what was agreed; then nothing is sent.
        """
        if self._watch is None:
            return None
        unseen = self._watch.before(claim.entry.endpoint)
        if unseen is not None:
            self._unseen[claim.entry.id] = unseen
        return self._watch.platform(claim.entry.endpoint)

    def _addressed(self, request: Request) -> dict[str, JsonValue]:
        """The purchase's arguments with living addresses in the places of content names."""
        addresses = {name: self._uploads.upload(item).url for name, item in request.media.items()}
        return changed(request.purchase.arguments, lambda text: addresses.get(text, text))

    # Collect

    def _finished(self, claim: Claim, request: Request) -> Collected | Failure:
        """Wait for an accepted request and collect it: the finished entry, or the failure that the request ended with.

        Raises StudioError where the request itself lives on: it stays `submitted`, and the next run re-attaches.
        """
        ended = self.requests.ended(claim.entry, self._times.deadline)
        if isinstance(ended, Failure):
            return ended
        url = _address_in(ended.output, picture=request.seconds is None)
        if url is None:
            found = ", ".join(ended.output) or "nothing"
            failure = failures.noticed(Provider.FAL, Step.RESULT, Kind.NO_RESULT, f"it has {found}")
            return replace(failure, billed_units=ended.billed)
        return self.collect(claim, request, url, ended.billed, ended.spans)

    def collect(
        self, claim: Claim, request: Request, url: str, units: float | None, facts: Mapping[str, JsonValue]
    ) -> Collected:
        """Bring a finished file into the library and the ledger. Raises StudioError; nothing wrong gets in.

        `units` are those that the provider billed: they count whatever the file turns out to be.
        """
        billed = self._billed(claim.entry, request, units)
        if units is not None and claim.entry.cost_usd is None:
            self._tell_bill(claim, billed)
        with self._worker.scratch() as folder:
            path = folder / "file"
            try:
                found = self._fetched(url, path, request, claim.entry)
            except StudioError as error:
                if error.charge is Charge.CHARGED and error.retryable:
                    again = f"`ninja ledger settle {claim.entry.id} buy-again` orders it anew"
                    error.hint = f"{error.hint}; if it stays so, {again}"
                raise
            media = self._worker.stored(path, found.suffix)
        seconds = found.seconds if isinstance(found, ClipFacts) else None
        return self._worker.delivered(
            Delivery(
                claim=claim,
                media=media,
                billed=billed,
                seconds=seconds,
                request_id=claim.entry.request_id,
                facts={
                    **facts,
                    **found.model_dump(exclude={"seconds", "suffix"}),
                    **({"note": request.note} if request.note else {}),
                    **({UNSEEN: unseen} if (unseen := self._unseen.pop(claim.entry.id, None)) else {}),
                },
            ),
        )

    def _tell_bill(self, claim: Claim, billed: Billed) -> None:
        """Record a bill before its file is here. A ledger that cannot be told is told again with the delivery."""
        try:
            self._ledger.charged(claim, billed)
        except LedgerError as error:
            LOG.warning("%s: what was billed is told with the file: %s", claim.entry.where, error.what)

    def _billed(self, entry: Entry, request: Request, units: float | None) -> Billed:
        """What a request cost: by the unit price that was agreed, else by the one that is known by now."""
        agreed = entry.estimate
        later = request.purchase.estimate.platform_unit_usd
        if later is None and self._watch is not None:
            known = self._watch.platform(entry.endpoint)
            later = known.unit_usd if known else None
        return billed_usd(units, agreed.platform_unit_usd or later, agreed.usd)

    def _fetched(self, url: str, path: Path, request: Request, entry: Entry) -> ClipFacts | PictureFacts:
        whose = Whose(entry.where, commands_of(entry), self._worker.pause)
        if request.seconds is None:
            return self._download.picture(url, path, whose)
        return self._download.clip(url, path, whose, seconds=request.seconds)

    def _failed(self, claim: Claim, request: Request, failure: Failure) -> Entry:
        """Record how a request ended without a clip; addresses that a model could not read are not used again."""
        if failure.kind is Kind.MEDIA_REFUSED:
            for media in request.media.values():
                self._uploads.forget(media)
        if claim.kind is ClaimKind.FETCH:  # it was delivered once: that it is gone now changes nothing of its row
            return claim.entry
        units = failure.billed_units
        charge = verdict.charge_of_end(failure, units)
        return self._ledger.failed(
            claim,
            charge=charge,
            reason=f"{failure.what}: {failure.why}",
            retryable=failure.retryable,
            billed=self._billed(claim.entry, request, units) if units and charge is Charge.CHARGED else None,
        )


def look_of(client: FalClient, ledger: Ledger, webhooks: FalWebhooks | None) -> Look:
    """Who finds what was sent: the webhook that it was sent with, where it told, else the provider's history.

    A hook may have told of a request that has its entry already, as of one that failed: that is not found again.
    """
    history = FalHistory(client).look(ledger)
    if webhooks is None:
        return history

    def shown(entry: Entry) -> str | None:
        found = webhooks.look(entry)
        return found if found is not None and ledger.find(Provider.FAL, found) is None else history(entry)

    return shown


def _address_in(output: Mapping[str, Any], *, picture: bool) -> str | None:
    """Where the file of a result is: `video.url` of a clip, `images[0].url` of a picture."""
    files = output.get("images") if picture else [output.get("video")]
    first = files[0] if isinstance(files, list) and files else None
    url = first.get("url") if isinstance(first, dict) else None
    return url if isinstance(url, str) else None
