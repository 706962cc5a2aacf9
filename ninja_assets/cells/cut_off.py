"""What a database cuts off in its middle is done once more, as the next run would do it: it finds what is paid."""

from collections.abc import Callable
from typing import Final, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from resources.core.errors import CutOffError

DoneT = TypeVar("DoneT")
_TRIES: Final = 3  # a database that goes away again and again is told


def once_more(do: Callable[[], DoneT]) -> DoneT:
    """What is done, done again where it is cut off: it begins with its claim. Raises what the last try raised."""
    tries = Retrying(retry=retry_if_exception_type(CutOffError), stop=stop_after_attempt(_TRIES), reraise=True)
    return tries(do)
