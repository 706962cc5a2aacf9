"""The voice studio of ElevenLabs: a line becomes a purchase, and its audio is bought once.

The call that buys is made once. Whatever is lost after that (the answer, this process) is looked for in the provider's
history, which keeps paid audio; what it does not show waits for a person's word.
"""

import logging
import random
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from elevenlabs.types.speech_history_item_response import SpeechHistoryItemResponse
from pydantic import JsonValue

from resources import failures
from resources.content.orders import VoiceOrder
from resources.core.errors import Charge, MediaError, StudioError
from resources.core.library import Library
from resources.core.progress import Progress, report
from resources.core.progress import Step as Stage
from resources.core.values import Voice
from resources.failures import Kind, Provider, Step
from resources.media.audio.alignment import aligned_words
from resources.media.audio.voice_track import RATE, heard
from resources.media.probe import samples
from resources.models.prices import Billed, PriceList, billed_usd
from resources.providers.elevenlabs.api import CLIENT_ERRORS, ElevenLabsClient, Recording, at_once_of
from resources.providers.elevenlabs.concurrency_gate import Gate
from resources.purchasing.ledger import Claim, ClaimKind, Entry, Ledger
from resources.purchasing.requests.bought_voice import WORDS, voice_of_entry
from resources.purchasing.requests.voice_requests import ACTING, ASSET, PROVIDER, purchase_of, voice_of
from resources.purchasing.worker import Claims, looks

LOG = logging.getLogger("ninja.elevenlabs")

_FREE_PLAN: Final = 2  # requests at once, until the account or the first answer tells the plan's number
_SENDS: Final = 3  # tries to hand a line over that provably was not taken
_LEAST_OF_CLOCK: Final = 0.8  # audio much shorter than its alignment was cut; their clocks differ by up to 12 %


@dataclass(frozen=True)
class Times:
    """Seconds. Production values are the defaults; tests shorten them."""

    wait: float = 1.0  # between looks at a line that another worker buys
    busy: float = 600.0  # how long a line waits for others, here and at the provider
    retry: float = 1.0  # before what provably was not taken is sent again, doubling
    longest_retry: float = 15.0
    look_up: float = 60.0  # how long a lost line is looked for in a history that may lag, before the cell fails


class ElevenLabsVoiceStudio:
    """A `VoiceStudio`. Safe for threads; `stop` ends every wait and loses nothing that was paid.

    `at_once` is the most requests that may be under way; None: what the plan allows, as the answers tell.
    `before_sending` is called before each line that is bought; what it raises stops the purchase.
    """

    def __init__(
        self,
        client: ElevenLabsClient,
        ledger: Ledger,
        library: Library,
        prices: PriceList,
        *,
        at_once: int | None = None,
        times: Times | None = None,
        before_sending: Callable[[], object] = lambda: None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._library = library
        self._prices = prices
        self._before_sending = before_sending
        self._times = times or Times()
        self._gate = Gate(at_once or _FREE_PLAN, at_once)
        self._plan_asked = at_once is not None
        self._plan_lock = threading.Lock()
        self._claims = Claims(Provider.ELEVENLABS, ledger, library, wait=self._times.wait)

    def stop(self) -> None:
        """End every wait with an error that says to run again."""
        self._claims.stop()

    def speak(self, order: VoiceOrder) -> Voice:
        """A line's recording, bought if it never was; words are `order.spoken.split()`.

        Raises ContentError for a character without an ElevenLabs voice, CapError over a cap, StudioError for
        anything else: what was paid is never lost by one.
        """
        purchase = purchase_of(order, self._prices)
        deadline = time.monotonic() + self._times.busy
        tries = 0
        while True:
            claim = self._claims.claimed(purchase, deadline)
            if claim.kind is ClaimKind.REUSE:
                return voice_of_entry(self._library, claim.entry, order, reused=True)
            paid_before = claim.entry.cost_usd is not None  # its recording is fetched again
            with self._ledger.lease(claim):
                if claim.kind is ClaimKind.SEND:
                    self._before_sending()
                    entry = self._bought(claim, order, tries, deadline)
                    tries += 1
                else:
                    entry = self._recovered(claim, order)
            if entry is not None:
                return voice_of_entry(self._library, entry, order, reused=paid_before)

    # Buying

    def _bought(self, claim: Claim, order: VoiceOrder, tries: int, deadline: float) -> Entry | None:
        """The collected entry; None when the line was provably not taken and may be claimed again."""
        started = time.monotonic()
        claim, answer = self._sent(claim)
        if isinstance(answer, Recording):
            return self._delivered(claim, order, answer, round(time.monotonic() - started, 3))
        lost = self._client.failure(answer, Step.SPEAK)
        if lost.charge is not Charge.NONE:
            LOG.warning("%s: %s (%s)", claim.entry.where, lost.what, lost.why)
            return self._recovered(self._ledger.unknown(claim, f"{lost.what}: {lost.why}"), order)
        self._ledger.not_sent(claim, f"{lost.what}: {lost.why}")
        if lost.kind is Kind.LOCKED:
            self._ledger.lock_provider(PROVIDER, lost.why)
        pause = min(self._times.retry * 2**tries, self._times.longest_retry) * random.uniform(0.75, 1.25)  # noqa: S311
        patient = time.monotonic() + pause < deadline if lost.kind is Kind.BUSY else tries + 1 < _SENDS
        if not lost.retryable or not patient:
            raise lost.error(claim.entry.where) from answer
        cell = order.cell
        report(Progress(ASSET, cell.episode, cell.segment, Stage.WAITING, f"{lost.what}; again in {pause:.0f} s"))
        self._claims.pause(pause)
        return None

    def _sent(self, claim: Claim) -> tuple[Claim, Recording | Exception]:
        """The one call that buys, within the plan's number of calls at once: what it answered or raised."""
        self._ask_plan()
        with self._gate.place(self._claims.stopped):
            self._claims.check_stop()
            claim = self._ledger.sending(claim, sent=claim.entry.arguments)
            try:
                recording = self._client.speak(claim.entry.arguments)
            except CLIENT_ERRORS as error:
                self._resize(at_once_of(error))
                return claim, error
            self._resize(recording.at_once)
            return claim, recording

    def _delivered(self, claim: Claim, order: VoiceOrder, recording: Recording, seconds: float) -> Entry | None:
        """An answer that came: recorded at once, so that damaged audio is fetched again and not bought again."""
        if recording.request_id is not None:
            claim = self._ledger.submitted(claim, recording.request_id)
        entry = self._collected(claim, order, recording, render_seconds=seconds)
        if entry is not None:
            return entry
        LOG.warning("%s: the audio arrived damaged; fetching it from the history", claim.entry.where)
        return self._recovered(claim, order)

    def _collected(
        self, claim: Claim, order: VoiceOrder, recording: Recording, *, render_seconds: float | None = None
    ) -> Entry | None:
        """Verify a recording, store it and record it; None for audio that is damaged."""
        if recording.audio is None:
            return None
        with tempfile.TemporaryDirectory(prefix="ninja-voice-") as folder:
            path = Path(folder) / "voice.mp3"
            path.write_bytes(recording.audio)
            try:
                sound = samples(path, RATE)
            except MediaError as error:
                LOG.warning("%s: %s", claim.entry.where, error.why)
                return None
            seconds = len(sound) / RATE
            windows = heard(sound)
            clock = max(recording.alignment.ends, default=0.0) if recording.alignment else 0.0
            if not windows.any() or seconds < _LEAST_OF_CLOCK * clock:
                LOG.warning("%s: %.2f s of audio, %.2f s were aligned", claim.entry.where, seconds, clock)
                return None
            media = self._library.put(path)
        acting = voice_of(order).model in ACTING
        words = aligned_words(order.spoken, recording.alignment, seconds, tags=acting) if recording.alignment else None
        facts: dict[str, JsonValue] = {}
        if words is not None:  # without, they are worked out from the sound whenever they are needed
            facts["words"] = WORDS.dump_python(words, mode="json")
        if render_seconds is not None:
            facts["render_seconds"] = render_seconds
        return self._ledger.collected(
            claim, media=media, billed=_billed(claim, recording), seconds=seconds, facts=facts
        )

    # Finding again

    def _recovered(self, claim: Claim, order: VoiceOrder) -> Entry:
        """A line that was sent, from the provider's history.

        Raises StudioError that says how to settle it when the history cannot be read or does not show it (yet).
        """
        trouble = "the history does not show it"
        for pause in looks(claim.entry.sent_at, self._times.look_up):
            self._claims.pause(pause)
            try:
                item = self._in_history(claim.entry)
                recording = self._client.fetched(item) if item is not None else None
            except CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.LOOKUP)
                trouble = f"{failure.what}: {failure.why}"
                if failure.retryable:
                    continue
                break
            if item is None or recording is None:
                continue
            if claim.kind is ClaimKind.RECONCILE and item.request_id:
                claim = self._ledger.adopt(claim, item.request_id)
            entry = self._collected(claim, order, recording)
            if entry is not None:
                LOG.warning("%s: fetched from the provider's history", entry.where)
                return entry
            trouble = "its audio in the history is damaged"
        if claim.kind is ClaimKind.ATTACH:
            raise self._gone(claim.entry, trouble)
        raise self._claims.unsettled(claim, trouble)

    def _in_history(self, entry: Entry) -> SpeechHistoryItemResponse | None:
        """The item of an accepted request; for one that is not known, the first that no other entry has."""
        since = entry.sent_at or entry.intended_at
        for item in self._client.items(entry.arguments, since):
            if entry.request_id is not None:
                if item.request_id == entry.request_id:
                    return item
            elif not item.request_id or self._ledger.find(PROVIDER, item.request_id) is None:
                return item
        return None

    def _gone(self, entry: Entry, trouble: str) -> StudioError:
        """An accepted line that cannot be fetched now: it stays `submitted`, and the next run looks again."""
        return failures.noticed(Provider.ELEVENLABS, Step.DOWNLOAD, Kind.BAD_FILE, trouble).error(
            entry.where,
            mend="run again to fetch it once more: it is not paid twice; if it stays so, "
            f"`ninja ledger settle {entry.id} buy-again` orders it anew",
        )

    # Parts

    def _ask_plan(self) -> None:
        """Open the gate as wide as the plan allows, once, before the first line goes out."""
        with self._plan_lock:
            if self._plan_asked:
                return
            self._plan_asked = True
            try:
                self._resize(self._client.plan_at_once())
            except CLIENT_ERRORS as error:  # a key may be without the right to read its plan; answers tell the number
                LOG.info("the plan cannot be read: %s", self._client.failure(error, Step.LOOKUP).why)

    def _resize(self, at_once: int | None) -> None:
        if at_once is not None and at_once != self._gate.size:
            self._gate.resize(at_once)


def _billed(claim: Claim, recording: Recording) -> Billed:
    """What a line cost: its credits, at the price of a thousand that was agreed; else what it was expected to cost."""
    agreed = claim.entry.estimate
    units = None if recording.credits is None else recording.credits / 1000
    return billed_usd(units, agreed.platform_unit_usd or claim.purchase.estimate.platform_unit_usd, agreed.usd)
