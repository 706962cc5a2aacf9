"""The catalogue of models: what each can be asked, what it takes, what it is best for, and which one fits a turn.

Pure library code: no network, no ledger, no Dagster. Dollars come from `models.prices`, by endpoint and variant.
"""

from resources.models.catalogue.registry import all, by_kind, find, get
from resources.models.endpoints.endpoint import Endpoint, Fact, Kind
from resources.models.endpoints.limits import MediaFacts, MediaLimit, Span

__all__ = ["Endpoint", "Fact", "Kind", "MediaFacts", "MediaLimit", "Span", "all", "by_kind", "find", "get"]
