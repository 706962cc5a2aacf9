"""The voice studio of ElevenLabs: a line becomes a purchase, and its audio is bought once.

The call that buys is made once. Whatever is lost after that (the answer, this process) is looked for in the provider's
history, which keeps paid audio; what it does not show is looked for until the call must have ended, and then is free:
see `purchasing.verdict`.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from resources import failures
from resources.core.errors import MediaError, StudioError
from resources.core.library import Library
from resources.core.names import TTS_AUDIO
from resources.core.progress import Progress, report
from resources.core.progress import Step as Stage
from resources.core.values import Voice
from resources.failures import Failure, Kind, Provider, Step
from resources.media.audio.alignment import aligned_words
from resources.media.audio.voice_track import heard
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.models.prices import Billed, billed_usd
from resources.providers.elevenlabs.api import CLIENT_ERRORS, ElevenLabsClient, Recording, at_once_of
from resources.providers.elevenlabs.line_history import LineHistory
from resources.purchasing.account import Account
from resources.purchasing.ledger import Claim, ClaimKind, Collected, Entry, Ledger
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.requests.voice_requests import WORDS, acts_tags, voice_of_entry
from resources.purchasing.spool import Delivery
from resources.purchasing.telling import error_of, voice_setting
from resources.purchasing.verdict import Window
from resources.purchasing.worker import Worker

LOG = logging.getLogger("ninja.elevenlabs")

_FREE_PLAN: Final = 2  # requests at once, until the account or the first answer tells the plan's number
_CROWDED: Final = "too_many_concurrent_requests"
_SENDS: Final = 3  # tries to hand a line over that was not taken
_LEAST_OF_CLOCK: Final = 0.8  # audio much shorter than its alignment was cut; their clocks differ by up to 12 %


@dataclass(frozen=True)
class Times:
    """Seconds. Production values are the defaults; tests shorten them."""

    wait: float = 1.0  # between looks at a line that another worker buys
    busy: float = 600.0  # how long a line waits for others, here and at the provider
    retry: float = 1.0  # before what was not taken is sent again, doubling
    longest_retry: float = 15.0
    work: float = 300.0  # the longest that a call works (5000 characters take a minute): then it must have ended
    look: float = 10.0  # between two looks for a line into the history, at the least
    damaged: float = 60.0  # how long audio that arrived damaged is looked for in a history that may lag


class ElevenLabsVoiceStudio:
    """A `VoiceStudio`. Safe for threads; `stop` ends every wait and loses nothing that was paid.

    `at_once` is the most requests that may be under way; None: what the plan allows, as the answers tell.
    `before_sending` is called before each line that is bought; what it raises stops the purchase. `due` says when an
    episode is due, in seconds since 1970: its lines go first.
    """

    def __init__(
        self,
        client: ElevenLabsClient,
        ledger: Ledger,
        library: Library,
        *,
        at_once: int | None = None,
        times: Times | None = None,
        before_sending: Callable[[], object] = lambda: None,
        due: Callable[[str], float] = lambda _: 0.0,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._library = library
        self._before_sending = before_sending
        self._times = times or Times()
        self._account = Account(ledger, Provider.ELEVENLABS, at_once or _FREE_PLAN, most=at_once, due=due)
        self._plan_asked = at_once is not None
        self._plan_lock = threading.Lock()
        window = Window(self._times.work, self._times.look)
        self._worker = Worker(
            Provider.ELEVENLABS,
            ledger,
            library,
            LineHistory(client, ledger).shown,
            window=window,
            wait=self._times.wait,
        )

    def stop(self) -> None:
        """End every wait with an error that says to run again."""
        self._worker.stop()

    def speak(self, brief: VoiceBrief) -> Voice:
        """A line's recording, bought if it never was; words are `brief.spoken.split()`.

        Raises CapError over a cap, StudioError for anything else: what was paid is never lost by one.
        """
        [request] = brief.requests
        deadline = time.monotonic() + self._times.busy
        tries = 0
        while True:
            claim = self._worker.claimed(request.purchase, deadline)
            if claim.reused is not None:
                return voice_of_entry(self._library, claim.reused, brief.spoken)
            with self._ledger.lease(claim):
                entry: Collected | None = None
                if claim.kind is ClaimKind.SEND:
                    entry = self._bought(self._worker.looked_back(claim), brief, tries, deadline)
                    tries += 1
                elif claim.kind is not ClaimKind.RECONCILE:
                    entry = self._recovered(claim, brief)
                elif (adopted := self._worker.reconciled(claim)) is not None:
                    entry = self._recovered(adopted, brief)
            if entry is not None:
                return voice_of_entry(self._library, entry, brief.spoken)

    # Buying

    def _bought(self, claim: Claim, brief: VoiceBrief, tries: int, deadline: float) -> Collected | None:
        """The collected entry; None when the line was not taken and may be claimed again."""
        if claim.kind is not ClaimKind.SEND:
            return self._recovered(claim, brief)
        self._before_sending()
        started = time.monotonic()

        def post() -> Recording | Failure:
            nonlocal claim
            claim = self._worker.sending(claim, claim.entry.arguments)
            try:
                return self._client.speak(claim.entry.arguments)
            except CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.SPEAK)
                crowded = failure.kind is Kind.BUSY and _CROWDED in failure.code
                self._resize(at_once_of(error) or ((self._account.size or _FREE_PLAN) - 1 if crowded else None))
                return failure

        self._ask_plan()
        with self._account.place(brief.cell.episode, self._worker.stopped):
            answer = self._worker.let_out(post)
        if isinstance(answer, Recording):
            self._resize(answer.at_once)
            return self._delivered(claim, brief, answer, round(time.monotonic() - started, 3))
        LOG.warning("%s: %s (%s)", claim.entry.where, answer.what, answer.why)
        try:
            adopted = self._worker.after(claim, answer, Step.SPEAK)
        except StudioError as error:
            error.setting = _setting(answer, brief)
            raise
        if adopted is not None:
            return self._recovered(adopted, brief)
        pause = min(self._times.retry * 2**tries, self._times.longest_retry) * random.uniform(0.75, 1.25)  # noqa: S311
        patient = time.monotonic() + pause < deadline if answer.kind is Kind.BUSY else tries + 1 < _SENDS
        if not patient:
            raise error_of(answer, self._ledger.entry(claim.entry.id))
        cell = brief.cell
        report(Progress(TTS_AUDIO, cell.episode, cell.segment, Stage.WAITING, f"{answer.what}; again in {pause:.0f} s"))
        self._worker.pause(pause)
        return None

    def _delivered(self, claim: Claim, brief: VoiceBrief, recording: Recording, seconds: float) -> Collected | None:
        """An answer that came: recorded at once, so that damaged audio is fetched again and not bought again."""
        if recording.request_id is not None:
            claim = self._worker.accepted(claim, recording.request_id)
        entry = self._collected(claim, brief, recording, render_seconds=seconds)
        if entry is not None:
            return entry
        LOG.warning("%s: the audio arrived damaged; fetching it from the history", claim.entry.where)
        return self._recovered(claim, brief)

    def _collected(
        self, claim: Claim, brief: VoiceBrief, recording: Recording, *, render_seconds: float | None = None
    ) -> Collected | None:
        """Verify a recording, store it and record it; None for audio that is damaged."""
        if recording.audio is None:
            return None
        with self._worker.scratch() as folder:
            path = folder / "voice.mp3"
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
            media = self._worker.stored(path)
        acting = acts_tags(claim.purchase.endpoint)
        words = aligned_words(brief.spoken, recording.alignment, seconds, tags=acting) if recording.alignment else None
        facts: dict[str, JsonValue] = {}
        if words is not None:  # without, they are worked out from the sound whenever they are needed
            facts["words"] = WORDS.dump_python(words, mode="json")
        if render_seconds is not None:
            facts["render_seconds"] = render_seconds
        return self._worker.delivered(
            Delivery(
                claim=claim,
                media=media,
                billed=_billed(claim, recording),
                seconds=seconds,
                request_id=claim.entry.request_id,
                facts=facts,
            ),
        )

    # Finding again

    def _recovered(self, claim: Claim, brief: VoiceBrief) -> Collected:
        """A line that was accepted, from the provider's history. Raises StudioError when it cannot be fetched now."""
        trouble = "the history does not show it"
        began = time.monotonic()
        while True:
            self._worker.check_stop()
            recording = None
            try:
                item = self._client.item(claim.entry.arguments, claim.entry.request_id or "", _since(claim.entry))
                recording = self._client.fetched(item) if item is not None else None
            except CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.LOOKUP)
                trouble = f"{failure.what}: {failure.why}"
                if not failure.retryable:
                    raise self._gone(claim.entry, trouble) from None
            if recording is not None:
                entry = self._collected(claim, brief, recording)
                if entry is not None:
                    LOG.warning("%s: fetched from the provider's history", entry.where)
                    return entry
                trouble = "its audio in the history is damaged"
            if time.monotonic() - began + self._times.look > self._times.damaged:
                raise self._gone(claim.entry, trouble)
            self._worker.pause(self._times.look)

    def _gone(self, entry: Entry, trouble: str) -> StudioError:
        """An accepted line that cannot be fetched now: it stays `submitted`, and the next run looks again."""
        return error_of(
            failures.noticed(Provider.ELEVENLABS, Step.DOWNLOAD, Kind.BAD_FILE, trouble),
            entry,
            hint="run again to fetch it once more: it is not paid twice; if it stays so, "
            f"`ninja ledger settle {entry.id} buy-again` orders it anew",
        )

    # Parts

    def _ask_plan(self) -> None:
        """Let as many go at once as the plan allows, once, before the first line goes out."""
        with self._plan_lock:
            if self._plan_asked:
                return
            self._plan_asked = True
            try:
                self._resize(self._client.plan_at_once())
            except CLIENT_ERRORS as error:  # a key may be without the right to read its plan; answers tell the number
                LOG.info("the plan cannot be read: %s", self._client.failure(error, Step.LOOKUP).why)

    def _resize(self, at_once: int | None) -> None:
        if at_once is not None and at_once != self._account.size:
            self._account.resize(at_once)


def _billed(claim: Claim, recording: Recording) -> Billed:
    """What a line cost: its credits, at the price of a thousand that was agreed; else what it was expected to cost."""
    agreed = claim.entry.estimate
    units = None if recording.credits is None else recording.credits / 1000
    return billed_usd(units, agreed.platform_unit_usd or claim.purchase.estimate.platform_unit_usd, agreed.usd)


def _setting(failure: Failure, brief: VoiceBrief) -> tuple[str, ...] | None:
    """The place in show.yaml of the setting that was refused."""
    place = voice_setting(failure)
    return None if place is None else ("characters", brief.label, "voice", "elevenlabs", *place)


def _since(entry: Entry) -> datetime:
    return entry.sent_at or entry.intended_at
