"""An answer that must be whole by a time, however slowly it comes.

The timeouts of httpx are for one read each: a server that sends a byte a second keeps a call for ever. Here the whole
of a call is waited for, in a thread of its own, and no longer.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import httpx

AnswerT = TypeVar("AnswerT")


def within(seconds: float, call: Callable[[], AnswerT]) -> AnswerT:
    """What `call` returns or raises. Raises httpx.ReadTimeout when it has not ended after `seconds`.

    A call that is late goes on unheard until its own timeout or its server ends it: whether what it sent was taken is
    not known, as after any lost answer.
    """
    answer: Future[AnswerT] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
            answer.set_exception(error)

    threading.Thread(target=run, name="answer", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError as error:
        if answer.done() and answer.exception() is error:  # the call's own
            raise
        raise httpx.ReadTimeout(f"the whole answer was not here after {seconds:g} s") from None
