"""What the ledger gives back: its entries, the answer to a claim, and the sums, all as typed values."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field, JsonValue

from resources.core.errors import Charge, LedgerError
from resources.core.names import DEFAULT_SHOW
from resources.core.values import Cell, Media, Receipt, Value
from resources.models.prices import Billed, Estimate
from resources.purchasing.ledger.tables.purchase import Purchase

NOBODYS = "(unknown)"  # the episode of a request that was adopted without knowing for what: no episode is called so
UNPRICED = "nobody has told what it cost: it counts nothing in any sum"
UNSEEN = "price_not_looked_at"  # the fact of an entry whose price could not be looked at on the day that it was sent


class State(StrEnum):
    """How far a paid request has come.

    `intended` was provably never sent: `sending` is committed before the first byte goes out, so a row that a dead
    process left `sending` may have been paid for, and one that it left `intended` can not.
    """

    INTENDED = "intended"
    SENDING = "sending"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"  # sent, perhaps; no answer came
    COLLECTED = "collected"
    FAILED = "failed"


NOT_KNOWN = (State.SENDING, State.UNKNOWN)  # sent, and nobody knows whether it was taken


class ClaimKind(StrEnum):
    """What the holder of a claim does next."""

    REUSE = "reuse"  # it is here: `claim.entry.media` and `.facts`; nothing is paid
    FETCH = "fetch"  # it is paid for and its file is gone from the library: fetch it again; nothing is paid
    ATTACH = "attach"  # it was accepted: poll `claim.entry.status_url` and collect; send nothing
    SEND = "send"  # nobody sent it: ledger.sending(claim), then the one POST
    RECONCILE = "reconcile"  # it may have been sent: look it up, then adopt, collected, not_taken or leave it
    BUSY = "busy"  # another live worker is at it: ledger.wait(claim)


class Verdict(StrEnum):
    """What a person found out about a request of which the ledger does not know whether it was paid."""

    NOT_CHARGED = "not-charged"  # the provider never took or never billed it: it may be bought
    CHARGED = "charged"  # it was billed and nothing usable came: it counts as spent and is not bought again
    BUY_AGAIN = "buy-again"  # billed, counts as spent, and the person wants it bought once more
    FOUND = "found"  # the provider has it under a request id: the next run collects it


class Grouping(StrEnum):
    """By what sums are grouped. Days and months are those of the ledger's time zone."""

    EPISODE = "episode"
    SEGMENT = "segment"  # episode/segment
    ASSET = "asset"
    PROVIDER = "provider"
    ENDPOINT = "endpoint"
    MODE = "mode"
    DAY = "day"
    MONTH = "month"


def flag_of(why: str | None, unseen: object, *, unpriced: bool = False) -> str | None:
    """What a person should know of a price: why its bill is flagged, why it could not be looked at, that there is none.

    `unpriced`: the request was adopted without knowing for what, and no bill of it could be read.
    """
    return "; ".join(filter(None, [why, str(unseen) if unseen else None, UNPRICED if unpriced else None])) or None


class Entry(Value):
    """A row of the ledger: one paid request. Dollars are US dollars, times are aware datetimes in UTC."""

    id: int
    key: str
    provider: str
    endpoint: str
    asset: str
    show: str = DEFAULT_SHOW  # of the first buyer, as is the cell
    cell: Cell
    take: int
    arguments: dict[str, JsonValue]  # media by content
    sources: dict[str, str] = Field(default_factory=dict)  # what the media were made from
    sent: dict[str, JsonValue] | None  # the arguments as they went out, with their URLs: what a history shows
    state: State
    charge: Charge
    settled: bool  # a person allowed it to be bought again
    imported: bool  # paid for elsewhere: counts in sums, not towards caps
    estimate: Estimate  # as it was agreed when the request was sent
    cost_usd: float | None  # None until it is known
    spent_usd: float  # what it counts for in sums: the cost where known, the estimate while it may yet cost that
    counted_usd: float  # what it counts for towards caps: more where the provider's bill and the estimate differ
    billed: Billed | None  # what the provider said; None for rows from before that was kept, and before it says
    billed_units: float | None  # in the provider's own units
    billed_at: datetime | None  # when that was known
    request_id: str | None
    status_url: str | None
    response_url: str | None
    cancel_url: str | None
    media: Media | None
    seconds: float | None  # measured length of the media
    facts: dict[str, JsonValue]
    reason: str | None
    retryable: bool | None
    intended_at: datetime
    sent_at: datetime | None
    submitted_at: datetime | None
    ended_at: datetime | None  # collected or failed

    @property
    def purchase(self) -> Purchase:
        """The purchase that it is of, as it was asked for."""
        names = Purchase.model_fields.keys() & type(self).model_fields.keys()
        return Purchase(**{name: getattr(self, name) for name in names})

    @property
    def estimated_usd(self) -> float:
        """What it was expected to cost."""
        return self.estimate.usd

    @property
    def flag(self) -> str | None:
        """What a person should know of its price: a bill that differs or was not believed, a price not looked at."""
        unseen = self.facts.get(UNSEEN)
        why = self.billed.why if self.billed and self.billed.flagged else None
        return flag_of(why, unseen, unpriced=self.unpriced)

    @property
    def unpriced(self) -> bool:
        """Whether nobody knows what it cost: it was adopted without a bill, and is of no episode that could tell."""
        free = self.state is State.FAILED and self.charge is Charge.NONE
        return self.cell.episode == NOBODYS and self.cost_usd is None and self.estimate.usd == 0 and not free

    @property
    def by_estimate(self) -> bool:
        """Whether its cost is the estimate, because the provider's own sum is not known."""
        return self.billed is not None and self.billed.by_estimate

    @property
    def where(self) -> str:
        """The cell and the request, as errors name them."""
        request = f", request {self.request_id}" if self.request_id else ""
        return f"{self.cell.episode} {self.cell.segment} {self.asset} (ledger entry {self.id}{request})"

    def receipt(self, *, reused: bool) -> Receipt:
        """The entry as a delivery's receipt. `facts` may carry `queue_seconds`, `render_seconds` and `note`.

        Its unit is the provider's own where that and its price are known, so that units times price are the cost.
        """
        cost, price = self.spent_usd, self.estimate
        own = self.billed_units is not None and price.platform_unit_usd is not None
        return Receipt(
            provider=self.provider,
            endpoint=self.endpoint,
            take=self.take,
            reused=reused,
            cost_usd=0.0 if reused else cost,
            estimated_usd=self.estimated_usd,
            saved_usd=cost if reused else 0.0,
            billed_units=self.billed_units,
            unit_price_usd=price.platform_unit_usd if own else price.unit_price_usd,
            unit=price.platform_unit if own else price.unit,
            by_estimate=self.by_estimate,
            flag=self.flag,
            request_id=self.request_id,
            queue_seconds=self._number("queue_seconds"),
            render_seconds=self._number("render_seconds"),
            note=str(self.facts["note"]) if self.facts.get("note") else None,
        )

    def _number(self, name: str) -> float | None:
        value = self.facts.get(name)
        return float(value) if isinstance(value, (int, float)) else None


class Collected(Entry):
    """An entry whose file was delivered. `reused`: it was there already, and this delivery made and paid nothing."""

    media: Media
    reused: bool = False

    @classmethod
    def of(cls, entry: Entry, *, reused: bool = False) -> "Collected":
        """An entry that is collected. Raises LedgerError for one that names no file."""
        if entry.media is None:
            raise LedgerError(
                "a collected purchase names no file",
                where=entry.where,
                why="its row was changed by something else than this program",
                hint="ninja ledger restore FILE, with what `ninja ledger backup` wrote before",
                charge=Charge.CHARGED,
            )
        return cls.model_validate({**dict(entry), "reused": reused})


class Claim(Value):
    """The ledger's answer to "I want this bought". `token` is the lease that lets its holder move the row on."""

    kind: ClaimKind
    purchase: Purchase
    entry: Entry
    token: str | None = None  # None for reuse and busy: nothing to move

    @property
    def reused(self) -> Collected | None:
        """What is here already, for a claim of kind `reuse`."""
        return self.entry if isinstance(self.entry, Collected) else None


class Use(NamedTuple):
    """What a cell has had: an entry, and what a person gave for it, part by part, as digests."""

    entry: Entry
    given: Mapping[str, str]


class Flagged(Value):
    """A request whose bill differs from what was expected, or was not believed or told; or whose price was not seen."""

    id: int
    episode: str
    segment: str
    asset: str
    estimated_usd: float
    cost_usd: float | None
    counted_usd: float  # towards caps
    why: str
    unpriced: bool = False  # nobody knows what it cost


class StoredUpload(Value):
    """Where a provider can read a file that was uploaded to it."""

    sha256: str
    provider: str
    url: str
    uploaded_at: datetime
    expires_at: datetime | None


class Total(Value):
    """The sum of a group. `spent_usd` includes `in_flight_usd`, what may yet be charged for requests not finished.

    Of some nobody knows whether they were charged (`unknown`); of some no provider has said what was (`by_estimate`).
    """

    name: str
    requests: int
    spent_usd: float
    in_flight_usd: float
    estimated_usd: float
    unknown: int = 0
    unknown_usd: float = 0.0
    by_estimate: int = 0
    by_estimate_usd: float = 0.0


class Saving(Value):
    """What reuse saved in a group.

    `saved_usd` counts each cell that used what another one had bought, once. `rerun_usd` is what running again the
    cells that had theirs already did not cost.
    """

    name: str
    reuses: int
    saved_usd: float
    rerun_usd: float
