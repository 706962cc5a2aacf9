"""A studio's way to what it may do about a purchase: claim it, let one POST out, find out what became of it, stop.

The same for every provider, so it is here once: `verdict` says what may be believed, this asks, waits and writes it
down. What is sent and fetched is the studios' matter; nothing is sent here.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from pydantic import JsonValue
from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_after_delay, wait_exponential, wait_fixed

from resources import failures
from resources.core.errors import Charge, LedgerError, MediaError, StudioError, UntoldError
from resources.core.library import Library
from resources.core.progress import LOGGER
from resources.core.values import Media
from resources.failures import Failure, Kind, Provider, Step
from resources.models.prices import PlatformPrice
from resources.purchasing import telling, verdict
from resources.purchasing.ledger import Claim, ClaimKind, Collected, Entry, Ledger, Purchase
from resources.purchasing.ledger.tables.entry import NOT_KNOWN
from resources.purchasing.spool import Acceptance, Delivery, Proof, Spool
from resources.purchasing.state.receipts import leave_receipts
from resources.purchasing.verdict import Answered, Window

_HISTORY_TRIES: Final = 3  # of one look, where the history itself answers with a passing error
_LONGEST_PAUSE: Final = 120.0  # seconds that one run waits because a provider asks it to
_KEEP_SECONDS: Final = 180.0  # how long proof of money is tried to be written, while the ledger is away

Look = Callable[[Entry], str | None]  # the id under which a history shows exactly what an entry sent, and no other has
AnswerT = TypeVar("AnswerT")


class Worker:
    """One provider's purchases, for one run. Safe for threads; `stop` ends every wait and cancels nothing.

    `look` asks the provider's history and raises StudioError when it cannot be read. `window` is how long what was sent
    may still turn up. `wait` are the seconds between looks at a purchase that another worker makes, `keep` those for
    which proof of money is tried to be written before it is spooled, `longest` those for which a provider may ask to be
    left alone: beyond, a later run sends again.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        library: Library,
        look: Look,
        *,
        window: Window,
        wait: float,
        keep: float = _KEEP_SECONDS,
        longest: float = _LONGEST_PAUSE,
    ) -> None:
        self._provider = provider
        self._ledger = ledger
        self._library = library
        self._look = look
        self._window = window
        self._wait = wait
        self._keep = keep
        self._longest = longest
        self._spool = Spool(library)
        self._door = threading.Lock()
        self._open = False  # the account is known to take requests
        self._locked: Failure | None = None  # this run was told that it does not
        self.stopped = threading.Event()

    # Claiming

    def claimed(self, purchase: Purchase, deadline: float) -> Claim:
        """A claim that is not busy; FETCH where its file is lost or damaged. Raises as `Ledger.claim` and `wait` do.

        `deadline` is in monotonic seconds.
        """
        while True:
            self.check_stop()
            claim = self._ledger.wait(
                self._ledger.claim(purchase),
                timeout_seconds=deadline - time.monotonic(),
                poll_seconds=self._wait,
                pause=self.pause,
            )
            if claim.reused is None or self._library.intact(claim.reused.media):
                return claim
            claim = self._ledger.recollect(claim)
            if claim.kind is not ClaimKind.BUSY:
                return claim

    def looked_back(self, claim: Claim) -> Claim:
        """A claim to send, after a look for what was sent of the same purchase before: adopted where it is shown.

        A row that was freed, and one that failed at no cost, are looked for once more before a second POST goes out.
        """
        for before in self._ledger.of(claim.purchase):
            if before.sent is None or before.sent_at is None:
                continue
            try:
                found = self._looked(before) or self._shown_before(before)
            except UntoldError:
                if not before.settled:
                    raise
                continue  # a person has said to pay once more all the same
            if found is not None:
                return self._ledger.adopt(claim, found, sent=before.sent)
        return claim

    # The one POST

    def sending(self, claim: Claim, sent: Mapping[str, JsonValue], price: PlatformPrice | None = None) -> Claim:
        """Record that the request goes out now; call it right before the one POST.

        `price` as `Ledger.sending` has it. Raises StudioError, with the row free, when told to stop: then nothing is
        sent.
        """
        self.check_stop()
        claim = self._ledger.sending(claim, sent=sent, price=price)
        if self.stopped.is_set():
            self._ledger.not_taken(claim, "stopped before it was sent")
        self.check_stop()
        return claim

    def let_out(self, post: Callable[[], AnswerT | Failure]) -> AnswerT | Failure:
        """Let one request out. Where the account was locked, one goes alone, and the others wait for its answer.

        `post` returns the failure of an answer. Raises StudioError, with nothing sent, in a run that knows of a lock.
        """
        if not self._open:
            with self._door:
                self._check_unlocked()
                if not self._open:
                    if self._ledger.locked(self._provider) is None:
                        self._open = True
                    else:
                        return self._heard(post())
        self._check_unlocked()
        return self._heard(post())

    def _heard(self, answer: AnswerT | Failure) -> AnswerT | Failure:
        if isinstance(answer, Failure) and answer.kind is Kind.LOCKED:
            self._locked = answer
            self._ledger.lock_provider(self._provider, answer.why)
        elif not self._open and not (isinstance(answer, Failure) and answer.status is None):
            self._open = True
            self._ledger.unlock_provider(self._provider)
        return answer

    def _check_unlocked(self) -> None:
        if self._locked is not None:
            raise StudioError(
                f"{self._provider} takes no new requests: nothing was sent",
                why=self._locked.why,
                hint=f"{self._locked.hint}; the next run sends one request to see whether it is taken again",
                retryable=True,
            )

    # What became of it

    def after(self, claim: Claim, failure: Failure, step: Step) -> Claim | None:
        """What a POST that was not accepted comes to: a claim to collect, or None: it is free and may be sent again.

        Raises StudioError where it is refused, where this run must not send it again, and where its fate is not known.
        """
        answered = verdict.of_answer(failure, step, failure.status)
        reason = f"{failure.what}: {failure.why}"
        if answered is Answered.NOT_SENT:
            self._ledger.not_taken(claim, reason)
            if not failure.retryable:
                raise telling.error_of(failure, self._ledger.entry(claim.entry.id))
            return None
        answer: dict[str, JsonValue] = {
            "answered": answered.value,
            "status": failure.status,
            "kind": failure.kind.value,
            "retry_after": failure.retry_after,
        }
        claim = self._ledger.unknown(claim, reason, **answer)
        pause = verdict.retry_seconds(failure, self._window)
        if pause > self._longest:
            raise self._not_known(claim.entry, f"{reason}; it asks to be left alone for {pause:.0f} s")
        try:
            adopted = self.reconciled(claim, pause=pause)
        except StudioError as error:
            if answered is not Answered.REFUSED:
                raise
            refused = telling.error_of(failure, claim.entry)  # what refused the request may refuse the look, too
            refused.charge = error.charge
            raise refused from None
        if adopted is None and answered is Answered.REFUSED:
            raise telling.error_of(failure, self._ledger.entry(claim.entry.id))
        return adopted

    def reconciled(self, claim: Claim, *, pause: float | None = None) -> Claim | None:
        """A request that may have been taken: adopted from the history, or None: two witnesses freed it.

        At most two looks, `pause` seconds apart. Raises StudioError where its fate is not known yet: later runs look
        again, and nothing is sent meanwhile.
        """
        for second in (False, True):
            adopted, free = self._witnessed(claim)
            if adopted is not None or free:
                return adopted
            if not second:
                self.pause(self._window.apart if pause is None else pause)
        raise self._not_known(claim.entry, "the provider's history does not show it")

    def look_again(self, entry: Entry) -> bool:
        """One look for what an entry sent, where its fate is not known: whether it is known afterwards.

        What is found is adopted, and what two looks did not show is freed, as `reconciled` does; nothing is sent.
        Raises StudioError where the history cannot be read.
        """
        claim = self._ledger.claim_open(entry.id)
        if claim is None:  # a worker has it, or it is known by now
            return self._ledger.entry(entry.id).state not in NOT_KNOWN
        with self._ledger.lease(claim):
            adopted, free = self._witnessed(claim)
            return adopted is not None or free

    def _witnessed(self, claim: Claim) -> tuple[Claim | None, bool]:
        """One look, and what it comes to: the claim of a request that it shows; whether two witnesses freed the row."""
        entry = claim.entry
        try:
            found = self._looked(entry) or self._shown_before(entry)
        except StudioError as error:
            trouble = ": ".join(filter(None, ["the history cannot be read", error.what, error.why]))
            raise self._not_known(entry, trouble, error) from None
        if found is not None:
            return self._ledger.adopt(claim, found), False
        if not verdict.is_free(self._ledger.history(entry.id), entry.sent_at or entry.intended_at, self._window):
            return None, False
        self._ledger.not_taken(claim, f"{entry.reason or 'no answer came'}; the history does not show it")
        return None, True

    def _shown_before(self, entry: Entry) -> str | None:
        """A request that an earlier look found, and that became nobody's: what found it died before it was adopted."""
        shown = verdict.shown(self._ledger.history(entry.id))
        return next((one for one in shown if self._ledger.find(self._provider, one) is None), None)

    def _not_known(self, entry: Entry, trouble: str, cause: StudioError | None = None) -> StudioError:
        ends = self._window.ends(entry.sent_at or entry.intended_at)
        when = "" if ends <= self._ledger.now() else f" after {ends.astimezone():%H:%M}"
        asked = f"; {cause.hint}" if cause is not None and cause.hint else ""
        return telling.error_of(
            failures.noticed(self._provider, Step.LOOKUP, Kind.UNSETTLED, trouble),
            entry,
            hint=f"run again{when}: it is looked for, collected if it was taken and sent again if not{asked}",
        )

    def _looked(self, entry: Entry) -> str | None:
        """One look, written down. Raises StudioError when the history cannot be read."""
        looks = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, StudioError) and error.retryable),
            stop=stop_after_attempt(_HISTORY_TRIES),
            wait=wait_fixed(self._window.apart),
            sleep=self.pause,
            reraise=True,
        )
        self.check_stop()
        try:
            found = looks(self._look, entry)
        except StudioError as error:
            if not self.stopped.is_set():
                self._ledger.looked(entry.id, trouble=error.what)
            raise
        self._ledger.looked(entry.id, found=found)
        return found

    # Proof of money

    def accepted(self, claim: Claim, request_id: str, *urls: str) -> Claim:
        """Record an acceptance, however long the ledger is away; else spool it, and raise LedgerError that names it."""
        return self._surely(
            (proof := Acceptance(claim=claim, request_id=request_id, urls=urls)).tell,
            proof,
            f"request {request_id} of {self._provider}",
        )

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for a delivered file on its way into the library. Raises MediaError where it takes none.

        Its request stays as it is, so that the file is fetched again for nothing.
        """
        try:
            with tempfile.TemporaryDirectory(prefix=f"ninja-{self._provider}-") as folder:
                yield Path(folder)
        except OSError as error:
            raise MediaError(
                "a file that was paid for cannot be taken: the folder for temporary files takes none",
                where=os.environ.get("TMPDIR") or str(error.filename or "the system's own"),
                why=str(error),
                hint="make room there, or let TMPDIR name another folder, and run again: it is fetched for nothing",
                retryable=True,
                charge=Charge.CHARGED,
            ) from error

    def stored(self, path: Path, suffix: str | None = None) -> Media:
        """A delivered file, put into the library. Raises MediaError, which says that it was paid for."""
        try:
            return self._library.put(path, suffix)
        except MediaError as error:
            error.charge = Charge.CHARGED
            raise

    def delivered(self, delivery: Delivery) -> Collected:
        """Record a delivered file, however long the ledger is away; else spool it, and raise LedgerError.

        Its receipt is left in the library. What was billed in an earlier run is no cost of this delivery.
        """
        claim = delivery.claim
        if claim.kind is ClaimKind.FETCH:  # it is paid for, and its file alone was gone
            return self._ledger.fetched(claim, delivery.media)
        entry = self._surely(
            delivery.tell,
            delivery,
            f"request {delivery.request_id or 'without an id'} of {self._provider}",
        )
        try:
            leave_receipts(self._ledger.store, self._library)
        except LedgerError as error:  # what is paid is recorded; the next opening leaves the receipt
            LOGGER.warning("%s: its receipt is left later: %s", entry.where, error)
        return entry if claim.entry.cost_usd is None else entry.model_copy(update={"reused": True})

    def _surely(self, tell: Callable[[Ledger], AnswerT], proof: Proof, what: str) -> AnswerT:
        tries = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, LedgerError) and error.retryable),
            stop=stop_after_delay(self._keep),
            wait=wait_exponential(multiplier=0.1, max=5),
            reraise=True,
            sleep=self._sleep,
        )
        try:
            return tries(tell, self._ledger)
        except LedgerError as error:
            if error.charge is Charge.CHARGED:  # it is recorded, beside another
                raise
            kept = self._spool.keep(proof)
            raise LedgerError(
                f"{what} was taken by the provider, and the ledger could not be told",
                where=error.where,
                why=error.why or error.what,
                hint="mend the ledger's disk or database, then run again: "
                + (f"{kept} is read when it opens" if kept else f"keep this id, and tell it: {what}"),
                retryable=True,
                charge=Charge.POSSIBLE,
            ) from error

    def _sleep(self, seconds: float) -> None:
        self.stopped.wait(seconds)  # told to stop, it is tried once more at once, and then spooled

    # Stopping

    def stop(self) -> None:
        """End every wait with an error that says to run again."""
        self.stopped.set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises StudioError when told to stop."""
        if seconds > 0:
            self.stopped.wait(seconds)
        self.check_stop()

    def check_stop(self) -> None:
        """Raise StudioError when told to stop."""
        check_stop(self.stopped)


def check_stop(stopped: threading.Event) -> None:
    """Raise StudioError when a run was told to stop: nothing is sent after that."""
    if stopped.is_set():
        raise StudioError(
            "stopped before it was finished",
            hint="run again: what was bought goes on at the provider, is found again and is not paid twice",
            retryable=True,
            charge=Charge.POSSIBLE,
        )
