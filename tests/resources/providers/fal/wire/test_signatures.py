"""Whose signature of a webhook is believed; `tests/ninja_assets/desk/test_hooks.py` has whole hooks."""

import time

from resources.providers.fal.wire.signatures import FalKeys
from tests.signer import signing


def test_keys_are_asked_for_once_and_again_when_another_one_signs() -> None:
    now = [time.time()]
    with signing() as signer:
        keys = FalKeys(signer.base_url, clock=lambda: now[0])

        def why() -> str | None:
            return keys.why_not(*signer.hook("r1", at=now[0]))

        assert why() is why() is None
        assert signer.asked == 1
        signer.key = type(signer)().key
        assert why() == "fal.ai did not sign it"  # asked a moment ago
        now[0] += 61
        assert why() is None
        assert signer.asked == 2


def test_keys_that_a_clock_set_back_since_puts_into_the_future_are_asked_for_again() -> None:
    now = [time.time() + 400 * 86400]
    with signing() as signer:
        keys = FalKeys(signer.base_url, clock=lambda: now[0])
        assert keys.why_not(*signer.hook("r1", at=now[0])) is None
        signer.key = type(signer)().key
        now[0] -= 400 * 86400
        assert keys.why_not(*signer.hook("r1", at=now[0])) is None
