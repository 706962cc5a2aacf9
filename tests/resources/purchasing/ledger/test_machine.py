"""Whatever happens in whatever order, the provider never accepts one purchase twice without a person's word.

Three workers, each with a ledger of its own as a process has, buy from a provider that is kept here as a plain model.
Workers crash, stall past their lease, lose answers, look requests up truthfully, collect, fail.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from resources.content.show import Caps
from resources.core.errors import CapError, Charge, LedgerError, StudioError
from resources.models.prices.billing import reported_usd
from resources.purchasing.ledger import Claim, ClaimKind, Ledger, State, Verdict
from tests.resources.purchasing.ledger.helpers import URLS, Clock, media, purchase
from tests.resources.purchasing.ledger.summed import summed

WORKERS = st.sampled_from([0, 0, 1, 2])
LINES = st.sampled_from(["one", "one", "one", "one", "two", "three", "four"])
CAP = 3.0  # of four lines at a dollar each: the cap is met too
_TEMPLATE = Path(tempfile.mkdtemp(prefix="ninja-ledger-")) / "ledger.db"


class Job(NamedTuple):
    """What a worker is at. `posted` is the id that the provider answered with and the worker has not recorded yet."""

    line: str
    claim: Claim
    announced: bool = False  # `sending` is committed, the POST has not gone out
    posted: str | None = None


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ninja-machine-"))
        self.clock = Clock()
        self.accepted: dict[str, list[str]] = {}  # line -> the provider's request ids that cost money
        self.permitted: dict[str, int] = {}  # line -> purchases that a person allowed beyond the first
        self.jobs: dict[int, Job] = {}
        self.recorded: set[str] = set()
        self.posts = 0
        self.broken: set[str | None] = set()  # requests that ended in a failure

    @initialize()
    def start(self) -> None:
        if not _TEMPLATE.exists():
            Ledger(f"sqlite:///{_TEMPLATE}", caps=None).close()
        shutil.copy(_TEMPLATE, self.folder / "ledger.db")
        self.ledgers = {number: self.opened() for number in range(3)}

    def opened(self) -> Ledger:
        caps = Caps(segment_usd=CAP, episode_usd=CAP, day_usd=CAP)
        return Ledger(f"sqlite:///{self.folder / 'ledger.db'}", caps=caps, clock=self.clock)

    @rule(turns=st.lists(st.tuples(WORKERS, LINES, st.integers(0, 2)), min_size=12, max_size=40))
    def work(self, turns: list[tuple[int, str, int]]) -> None:
        """Several steps, of any workers: long stories are rare when each step is drawn alone."""
        for worker, line, choice in turns:
            self.step(worker, line, choice)
            self.nothing_is_bought_twice_without_a_persons_word()

    def step(self, worker: int, line: str, choice: int) -> None:
        """One of the next things that a worker can do where it stands."""
        job = self.jobs.get(worker)
        if job is None:
            self.claim(worker, line)
            return
        steps: list[Callable[[int, Job], None]] = []
        if job.announced:
            steps = [self.post, self.refused_before_it_was_sent, self.lose_the_answer]
        elif job.posted:
            steps = [self.answer, self.lose_the_answer]
        elif job.claim.kind is ClaimKind.SEND:
            steps = [self.announce]
        elif job.claim.kind is ClaimKind.RECONCILE:
            steps = [self.look_up, self.lose_the_answer]
        elif job.claim.kind is ClaimKind.ATTACH:
            steps = [self.collect, self.fail]
        steps[choice % len(steps)](worker, job)

    def claim(self, worker: int, line: str) -> None:
        try:
            claim = self.ledgers[worker].claim(purchase(line))
        except (CapError, StudioError):
            return
        if claim.token is not None:
            self.jobs[worker] = Job(line, claim)

    def announce(self, worker: int, job: Job) -> None:
        try:
            self.ledgers[worker].sending(job.claim)
        except LedgerError:
            del self.jobs[worker]
        else:
            self.jobs[worker] = job._replace(announced=True)

    def post(self, worker: int, job: Job) -> None:
        ids = self.accepted.setdefault(job.line, [])
        self.posts += 1
        ids.append(f"{job.line}-{self.posts}")
        self.jobs[worker] = job._replace(announced=False, posted=ids[-1])

    def refused_before_it_was_sent(self, worker: int, job: Job) -> None:
        self.give_up(worker, lambda: self.ledgers[worker].not_taken(job.claim, "connection refused"))

    def answer(self, worker: int, job: Job) -> None:
        assert job.posted is not None
        claim = self.ledgers[worker].submitted(job.claim, job.posted, *URLS)
        self.recorded.add(job.posted)
        self.jobs[worker] = Job(job.line, claim)

    def lose_the_answer(self, worker: int, job: Job) -> None:
        self.give_up(worker, lambda: self.ledgers[worker].unknown(job.claim, "read timeout"))

    def look_up(self, worker: int, job: Job) -> None:
        """The provider's history is truthful; an empty one proves something only when nobody is about to send."""
        ledger = self.ledgers[worker]
        ids = [item for item in self.accepted.get(job.line, []) if ledger.find("fal", item) is None]
        if ids:
            self.give_up(worker, lambda: ledger.adopt(job.claim, ids[-1], *URLS))
        elif not any(other.line == job.line and (other.announced or other.posted) for other in self.jobs.values()):
            self.give_up(worker, lambda: ledger.not_taken(job.claim, "not in the history"))

    def collect(self, worker: int, job: Job) -> None:
        if job.claim.entry.request_id in self.broken:  # what failed for one worker delivers to no other
            del self.jobs[worker]
            return
        entry = self.ledgers[worker].collected(job.claim, media=media(job.line), billed=reported_usd(1.0))
        assert entry.state is State.COLLECTED
        del self.jobs[worker]

    def fail(self, worker: int, job: Job) -> None:
        charge = Charge.NONE if self.posts % 2 else Charge.CHARGED
        try:
            entry = self.ledgers[worker].failed(job.claim, charge=charge, reason="x", retryable=False)
        except LedgerError as error:
            assert error.retryable  # noqa: PT017
        else:
            self.broken.add(entry.request_id)
            if charge is Charge.NONE and entry.request_id is not None:
                self.accepted[job.line].remove(entry.request_id)
                self.recorded.discard(entry.request_id)
        del self.jobs[worker]

    @rule(worker=WORKERS)
    def crash(self, worker: int) -> None:
        self.ledgers[worker].close()
        self.jobs.pop(worker, None)
        self.ledgers[worker] = self.opened()

    @rule(seconds=st.sampled_from([1.0, 61.0]))
    def stall(self, seconds: float) -> None:
        self.clock.now += seconds

    @precondition(lambda self: any(self.accepted.values()))
    @rule(line=LINES, verdict=st.sampled_from([Verdict.CHARGED, Verdict.BUY_AGAIN]))
    def settle(self, line: str, verdict: Verdict) -> None:
        rows = self.ledgers[0].rows(key=purchase(line).key, states=[State.UNKNOWN, State.SENDING, State.FAILED])
        stalled = any(job.line == line and (job.announced or job.posted) for job in self.jobs.values())
        if not rows or not self.accepted.get(line) or stalled or rows[-1].settled:
            return
        try:
            self.ledgers[0].settle(rows[-1].id, verdict)
        except LedgerError:
            return
        self.permitted[line] = self.permitted.get(line, 0) + (verdict is Verdict.BUY_AGAIN)

    @invariant()
    def nothing_is_bought_twice_without_a_persons_word(self) -> None:
        for line, ids in self.accepted.items():
            assert len(ids) <= 1 + self.permitted.get(line, 0), (line, ids)

    @invariant()
    def nothing_goes_over_the_cap(self) -> None:
        if hasattr(self, "ledgers"):
            assert sum(row.spent_usd for row in self.ledgers[0].rows()) <= CAP

    @invariant()
    def no_recorded_request_is_lost_and_a_key_has_one_live_row(self) -> None:
        if hasattr(self, "ledgers"):
            rows = self.ledgers[0].rows()
            assert {row.request_id for row in rows} >= self.recorded
            live = [row.key for row in rows if row.state is not State.FAILED]
            assert len(live) == len(set(live))

    @invariant()
    def every_row_is_the_sum_of_its_journal(self) -> None:
        if hasattr(self, "ledgers"):
            for row in self.ledgers[0].rows():
                total = summed(self.ledgers[0].history(row.id))
                told = (row.state, row.charge, row.settled, row.cost_usd, row.request_id)
                cost = None if total.cost_micros is None else total.cost_micros / 1e6
                assert (total.state, total.charge, total.settled, cost, total.request_id) == told

    def give_up(self, worker: int, step: Callable[[], object]) -> None:
        """Take a step that a lost lease may refuse, and leave the purchase to whoever claims it next."""
        job = self.jobs.pop(worker)
        try:
            step()
        except LedgerError as error:
            assert error.retryable  # noqa: PT017
        self.ledgers[worker].release(job.claim)

    def teardown(self) -> None:
        for ledger in getattr(self, "ledgers", {}).values():
            ledger.close()
        shutil.rmtree(self.folder)


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=10,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
