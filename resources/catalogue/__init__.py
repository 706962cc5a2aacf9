"""The catalogue of models: what each can be asked, what it takes, what it is best for, and which one fits a turn.

Pure library code: no network, no ledger, no Dagster. Dollars come from `resources.prices`, by endpoint and variant.
"""

from resources.catalogue.endpoint import Endpoint, Fact, Kind
from resources.catalogue.limits import MediaFacts, MediaLimit, Span
from resources.catalogue.registry import all, by_kind, get

__all__ = ["Endpoint", "Fact", "Kind", "MediaFacts", "MediaLimit", "Span", "all", "by_kind", "get"]
