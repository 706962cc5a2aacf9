"""The password of the database is changed in the middle of a run: it ends with one clear error, nothing is lost."""

import pytest
from sqlalchemy.engine import make_url

from resources.purchasing.ledger import State
from tests.machines.test_outage import whole
from tests.machines.test_trouble import LONG_SECONDS, ORDER, wait_until
from tests.machines.workers import Machines
from tests.postgres import OwnServer

pytestmark = pytest.mark.machines

ANSWER_SECONDS = 6.0  # for a provider's answer to come when the old password is refused


@pytest.mark.parametrize(("provider", "step"), [("elevenlabs", "elevenlabs.speak"), ("fal", "fal.submit")])
def test_a_password_that_is_changed_while_requests_are_out_ends_a_run_and_the_next_one_pays_nothing_twice(
    frail: Machines, server: OwnServer, provider: str, step: str
) -> None:
    providers, here = frail.stage.providers, frail.worker("a")
    providers.settings(latency=4)
    providers.fault(step, "delay", times=None, seconds=ANSWER_SECONDS)
    run = here.ninja("produce", "demo", *ORDER)
    wait_until(
        lambda: any(entry.state is State.SENDING and entry.provider == provider for entry in frail.entries()), run
    )
    address, old = server.change_password(), str(make_url(server.address).password)
    ended = run.end(LONG_SECONDS)
    providers.clear_faults()
    assert ended.status != 0
    assert "Traceback" not in ended.stderr
    assert "let NINJA_LEDGER_URL have the user, password and database that the server knows now" in ended.stderr
    assert old not in ended.stdout + ended.stderr
    frail.database = address
    whole(frail, here.ninja("produce", "demo", *ORDER, NINJA_LEDGER_URL=address))
    spent = sum(entry.spent_usd for entry in frail.entries())
    assert spent == pytest.approx(providers.report().spent_usd, abs=0.005)
