"""What can go wrong at a provider, classified once: `kinds` are the words, `table` the rows, `reading` the way to them.

No request is sent from here, and nothing is decided but the classification: who retries, looks up or gives up is the
studios' matter.
"""

from resources.failures.kinds import Failure, Kind, Provider, Step, Symptom
from resources.failures.reading import classify, clean, noticed, of_elevenlabs, of_fal
from resources.failures.table import TABLE

__all__ = [
    "TABLE",
    "Failure",
    "Kind",
    "Provider",
    "Step",
    "Symptom",
    "classify",
    "clean",
    "noticed",
    "of_elevenlabs",
    "of_fal",
]
