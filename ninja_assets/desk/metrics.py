"""`/metrics`: the figures of all shows of the database, and Dagster's runs, as Prometheus reads them.

Everything is asked for anew at each look: what is shown is what the database says.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import version

import dagster as dg
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ninja_assets.desk.site.opened import Desk
from resources.core.errors import StudioError
from resources.purchasing.accounts.figures import Figures, figures_of
from resources.purchasing.ledger import State

# A run that ended is no gauge: what came of it is in Dagster.
_RUNS = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def metrics_of(desk: Desk) -> bytes:
    """The page. Raises NinjaError where the database cannot be asked."""
    show = desk.show()
    with desk.state(show) as state:
        figures = None if state is None else figures_of(state.store)
    runs = {status.value.lower(): _runs(desk, status) for status in _RUNS}
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Page(show.id, figures, runs))
    return bytes(generate_latest(registry))


def check_well(desk: Desk) -> None:
    """Raise NinjaError where the show, its database or Dagster's storage cannot be read."""
    show = desk.show()
    with desk.state(show) as state:
        if state is not None:
            state.store.seconds()
    _runs(desk, dg.DagsterRunStatus.QUEUED)


def _runs(desk: Desk, status: dg.DagsterRunStatus) -> int:
    try:
        return desk.instance.get_runs_count(dg.RunsFilter(statuses=[status]))
    except SQLAlchemyError as error:
        why = str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
        raise StudioError("Dagster's storage cannot be read", why=why, hint="look at storage in dagster.yaml") from None


class _Page(Collector):
    """One look, as families of figures. A show that bought nothing yet has zeros: an alarm needs a figure to watch."""

    def __init__(self, show: str, figures: Figures | None, runs: Mapping[str, int]) -> None:
        none: Figures = Figures({}, {}, {}, {}, {}, {})
        self._show, self._figures, self._runs = show, figures or none, runs

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """The families."""
        found, states = self._figures, {(self._show, state.value): 0 for state in State}
        waits = {self._show: 0}
        yield _gauge("ninja_spent_dollars", "spent, with what is in flight", ("show", "provider"), found.spent_usd)
        yield _gauge("ninja_in_flight_dollars", "may yet be charged", ("show", "provider"), found.in_flight_usd)
        yield _gauge("ninja_purchases", "paid requests", ("show", "state"), {**states, **found.purchases})
        yield _gauge(
            "ninja_waiting_approvals", "prices that wait for a person", ("show",), {**waits, **found.approvals}
        )
        yield _gauge("ninja_waiting_voices", "voices that a person is to hear", ("show",), {**waits, **found.voices})
        unpriced = {**waits, **found.unpriced}
        yield _gauge("ninja_unpriced_purchases", "of unknown cost, in no sum", ("show",), unpriced)
        yield _gauge("ninja_places", "places at a provider's account", ("account", "state"), found.places)
        yield _gauge("ninja_runs", "Dagster's runs that have not ended", ("status",), self._runs)
        build = InfoMetricFamily("ninja_build", "this program")
        build.add_metric([], {"version": version("ninja-assets"), "dagster": version("dagster")})
        yield build


def _gauge(
    name: str, about: str, labels: tuple[str, ...], values: Mapping[str, float] | Mapping[tuple[str, str], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric([key] if isinstance(key, str) else list(key), value)
    return family
