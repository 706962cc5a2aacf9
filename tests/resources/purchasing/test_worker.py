"""A worker's way with one provider: what an answer comes to, who sends again, and that a stop sends nothing."""

import errno
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resources.core.errors import Charge, MediaError, StudioError, UntoldError
from resources.core.library import Library
from resources.failures import Failure, Kind, Provider, Step, Symptom, classify, noticed
from resources.purchasing.ledger import Claim, ClaimKind, Entry, Ledger, State, Verdict
from resources.purchasing.telling import untold
from resources.purchasing.verdict import Window
from resources.purchasing.worker import Worker
from tests.resources.purchasing.ledger.helpers import CAPS, Clock, buy, purchase

FAL = Provider.FAL


class History:
    """A provider's history: what it shows of any request, or how it fails."""

    def __init__(self) -> None:
        self.shows: str | None = None
        self.fails: StudioError | None = None
        self.looks = 0

    def __call__(self, entry: Entry) -> str | None:
        assert entry.sent_at is not None
        self.looks += 1
        if self.fails is not None:
            raise self.fails
        return self.shows


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(url: str, clock: Clock) -> Iterator[Ledger]:
    with Ledger(url, caps=CAPS, clock=clock) as opened:
        yield opened


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def opened(ledger: Ledger, history: History, tmp_path: Path) -> Callable[[], Worker]:
    """Opens a run's worker, whose looks may follow each other at once."""

    def opener() -> Worker:
        window = Window(100.0, apart=0.0)
        return Worker(FAL, ledger, Library(tmp_path / "library"), history, window=window, wait=0.0, keep=0.0)

    return opener


@pytest.fixture
def worker(opened: Callable[[], Worker]) -> Worker:
    return opened()


def answer(status: int, retry_after: float | None = None, text: str = "") -> Failure:
    return classify(Symptom(FAL, Step.SUBMIT, status, text=text, retry_after=retry_after))


def sent(worker: Worker, ledger: Ledger, words: str = "hello") -> Claim:
    return worker.sending(ledger.claim(purchase(words)), {"prompt": words})


# Answers


def test_a_busy_provider_is_looked_at_twice_and_then_the_same_run_sends_again(
    worker: Worker, ledger: Ledger, history: History
) -> None:
    claim = sent(worker, ledger)
    assert worker.after(claim, answer(429), Step.SUBMIT) is None
    entry = ledger.entry(claim.entry.id)
    assert (entry.state, entry.charge, history.looks) == (State.INTENDED, Charge.NONE, 2)
    assert ledger.claim(purchase()).kind is ClaimKind.SEND


def test_a_refusal_frees_the_row_and_is_told_as_what_it_is(worker: Worker, ledger: Ledger) -> None:
    claim = sent(worker, ledger)
    with pytest.raises(StudioError, match="key") as refused:
        worker.after(claim, answer(401), Step.SUBMIT)
    assert refused.value.charge is Charge.NONE
    assert ledger.entry(claim.entry.id).state is State.INTENDED


def test_what_may_be_under_way_is_not_sent_again_until_it_must_have_ended(
    worker: Worker, ledger: Ledger, clock: Clock, history: History
) -> None:
    claim = sent(worker, ledger)
    with pytest.raises(StudioError, match="not known yet") as waits:
        worker.after(claim, answer(500), Step.SUBMIT)
    assert (waits.value.charge, waits.value.retryable) == (Charge.POSSIBLE, True)
    assert ledger.entry(claim.entry.id).state is State.UNKNOWN
    ledger.release(claim)
    clock.now += 99
    assert not worker.look_again(ledger.entry(claim.entry.id))
    clock.now += 1
    assert not worker.look_again(ledger.entry(claim.entry.id))  # the first that counts
    assert worker.look_again(ledger.entry(claim.entry.id))
    assert (ledger.entry(claim.entry.id).state, history.looks) == (State.INTENDED, 5)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_what_the_history_shows_is_adopted_whatever_was_answered(
    worker: Worker, ledger: Ledger, history: History, status: int
) -> None:
    history.shows = "r1"
    adopted = worker.after(sent(worker, ledger), answer(status), Step.SUBMIT)
    assert adopted is not None
    assert (adopted.kind, adopted.entry.request_id) == (ClaimKind.ATTACH, "r1")


def test_what_a_look_has_found_is_adopted_though_the_history_has_forgotten_it(
    worker: Worker, ledger: Ledger, history: History
) -> None:
    """A run that died between the look and the adoption, and a provider that lists a day."""
    claim = sent(worker, ledger)
    ledger.looked(claim.entry.id, found="r1")
    adopted = worker.after(claim, answer(429), Step.SUBMIT)
    assert adopted is not None
    assert (adopted.kind, adopted.entry.request_id, history.looks) == (ClaimKind.ATTACH, "r1", 1)


def test_what_a_look_has_found_and_another_row_has_frees_nobody_and_binds_nobody(
    worker: Worker, ledger: Ledger
) -> None:
    buy(ledger, purchase("other"), request_id="r1")
    claim = sent(worker, ledger)
    ledger.looked(claim.entry.id, found="r1")
    assert worker.after(claim, answer(429), Step.SUBMIT) is None  # two empty looks of its own


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_history_that_cannot_be_read_is_no_witness(
    worker: Worker, ledger: Ledger, history: History, status: int
) -> None:
    history.fails = StudioError("the history is away")
    claim = sent(worker, ledger)
    with pytest.raises(StudioError) as waits:
        worker.after(claim, answer(status), Step.SUBMIT)
    assert waits.value.charge is Charge.POSSIBLE
    assert ledger.entry(claim.entry.id).state is State.UNKNOWN


def test_why_a_history_cannot_be_read_is_told_with_what_it_left_open(
    worker: Worker, ledger: Ledger, history: History
) -> None:
    history.fails = StudioError("it cannot be understood", why="it does not tell what request b was asked with")
    with pytest.raises(StudioError, match="not known yet") as waits:
        worker.after(sent(worker, ledger), answer(429), Step.SUBMIT)
    assert "it does not tell what request b was asked with" in str(waits.value.why)


@pytest.mark.parametrize("verdict", [Verdict.BUY_AGAIN, Verdict.NOT_CHARGED])
def test_a_request_that_does_not_tell_keeps_nobody_from_paying_once_more_who_has_said_so(
    worker: Worker, ledger: Ledger, history: History, verdict: Verdict
) -> None:
    claim = ledger.unknown(sent(worker, ledger), "no answer came")
    ledger.release(claim)
    ledger.settle(claim.entry.id, verdict)
    history.fails = untold(claim.entry, "r9")
    again = ledger.claim(purchase())
    if verdict is Verdict.BUY_AGAIN:
        assert worker.looked_back(again).kind is ClaimKind.SEND
    else:
        with pytest.raises(UntoldError):
            worker.looked_back(again)


def test_a_request_that_does_not_tell_is_named_with_the_commands_that_go_on(
    worker: Worker, ledger: Ledger, history: History
) -> None:
    claim = sent(worker, ledger)
    history.fails = untold(claim.entry, "r9")
    with pytest.raises(StudioError, match="not known yet") as waits:
        worker.after(claim, answer(429), Step.SUBMIT)
    assert "what request r9 was asked with" in str(waits.value.why)
    assert f"`ninja ledger settle {claim.entry.id} buy-again`" in str(waits.value.hint)


def test_a_history_that_fails_in_passing_is_asked_three_times(worker: Worker, ledger: Ledger, history: History) -> None:
    history.fails = StudioError("the history is busy", retryable=True)
    with pytest.raises(StudioError, match="not known yet"):
        worker.after(sent(worker, ledger), answer(429), Step.SUBMIT)
    assert history.looks == 3


def test_a_provider_that_asks_for_long_to_be_left_alone_is_left_to_a_later_run(
    worker: Worker, ledger: Ledger, history: History
) -> None:
    with pytest.raises(StudioError, match="left alone for 121 s"):
        worker.after(sent(worker, ledger), answer(429, retry_after=121.0), Step.SUBMIT)
    assert history.looks == 0


def test_what_never_left_is_free_without_a_look(worker: Worker, ledger: Ledger, history: History) -> None:
    claim = sent(worker, ledger)
    assert worker.after(claim, noticed(FAL, Step.SUBMIT, Kind.NOT_SENT), Step.SUBMIT) is None
    assert ledger.entry(claim.entry.id).state is State.INTENDED
    again = sent(worker, ledger)
    with pytest.raises(StudioError, match="no key"):
        worker.after(again, noticed(FAL, Step.SUBMIT, Kind.NO_KEY), Step.SUBMIT)
    assert (ledger.entry(again.entry.id).state, history.looks) == (State.INTENDED, 0)


# Before a second POST


def test_what_was_sent_before_is_looked_for_once_more_before_it_is_sent_again(
    worker: Worker, ledger: Ledger, history: History
) -> None:
    first = ledger.claim(purchase())
    assert worker.looked_back(first) == first  # never sent: nothing to look for
    assert history.looks == 0
    worker.sending(first, {"prompt": "hello"})
    ledger.failed(first, charge=Charge.NONE, reason="500", retryable=True)
    second = ledger.claim(purchase())
    assert worker.looked_back(second) == second
    history.shows = "r1"
    adopted = worker.looked_back(second)
    assert (adopted.kind, adopted.entry.request_id) == (ClaimKind.ATTACH, "r1")
    assert adopted.entry.sent == {"prompt": "hello"}


def test_what_was_found_before_and_not_adopted_is_not_sent_again(worker: Worker, ledger: Ledger) -> None:
    first = sent(worker, ledger)
    ledger.failed(first, charge=Charge.NONE, reason="500", retryable=True)
    ledger.looked(first.entry.id, found="r1")
    adopted = worker.looked_back(ledger.claim(purchase("hello")))
    assert (adopted.kind, adopted.entry.request_id) == (ClaimKind.ATTACH, "r1")


def test_a_file_that_is_gone_from_the_library_is_fetched_and_not_bought(worker: Worker, ledger: Ledger) -> None:
    buy(ledger, purchase(), request_id="r1")
    assert worker.claimed(purchase(), deadline=0.0).kind is ClaimKind.FETCH


# Stopping


def test_nothing_is_sent_after_a_stop(worker: Worker, ledger: Ledger) -> None:
    claim = ledger.claim(purchase())
    worker.stop()
    with pytest.raises(StudioError, match="stopped"):
        worker.sending(claim, {})
    with pytest.raises(StudioError, match="stopped"):
        worker.claimed(purchase("other"), deadline=0.0)
    assert [row.state for row in ledger.rows()] == [State.INTENDED]
    assert all(row.sent_at is None for row in ledger.rows())


# The account


def test_a_run_that_was_told_of_a_lock_sends_nothing_more(worker: Worker, ledger: Ledger) -> None:
    locked = answer(403, text="User is locked. Reason: Exhausted balance.")
    assert worker.let_out(lambda: locked) is locked
    assert ledger.locked(FAL) is not None
    posts: list[int] = []
    with pytest.raises(StudioError, match="takes no new requests: nothing was sent") as refused:
        worker.let_out(lambda: posts.append(1))
    assert refused.value.retryable
    assert posts == []


def test_the_next_run_lets_one_out_and_what_is_taken_opens_the_account(
    opened: Callable[[], Worker], ledger: Ledger
) -> None:
    ledger.lock_provider(FAL, "User is locked")
    lost = noticed(FAL, Step.SUBMIT, Kind.ANSWER_LOST)
    assert opened().let_out(lambda: lost) is lost
    assert ledger.locked(FAL) is not None  # no answer says nothing of the account
    assert opened().let_out(lambda: "taken") == "taken"
    assert ledger.locked(FAL) is None


@pytest.mark.parametrize("at", ["folder", "file"])
def test_a_full_disk_of_temporary_files_is_told_with_what_it_keeps(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    def refuse(*_: object, **__: object) -> str:
        raise full

    if at == "folder":
        monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(MediaError, match="paid for") as told, worker.scratch() as folder:
        refuse(folder)
    assert (told.value.retryable, told.value.charge) == (True, Charge.CHARGED)
    assert "No space left" in str(told.value.why)
    assert "fetched for nothing" in str(told.value.hint)
