"""Addresses of `notify`: which are known, what of one is shown, and what the gate says of a wrong one."""

import logging
import threading
from pathlib import Path

import apprise
import pytest

from resources.content.show import Notify
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.notify.addresses import Message, is_known, kind_of, send
from resources.purchasing.gate import judge_episode
from resources.quality.lint import Severity
from tests.listener import listening
from tests.stage import SHOW, build_stage

SECRET = "123456789:s3cr3t-of-the-studio"


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("json://127.0.0.1:8000/${NINJA_HOOK}", True),
        ("tgram://123456789:${NINJA_TELEGRAM}/4711", True),
        ("mailto://me:${NINJA_MAIL}@example.com", True),
        ("nowhere://example.com", False),
        ("me@example.com", False),
        ("json://", False),
    ],
)
def test_an_address_is_known_whatever_its_secrets_are(address: str, known: bool) -> None:
    assert is_known(address) is known


def test_of_an_address_only_its_kind_is_shown() -> None:
    assert kind_of(f"tgram://{SECRET}/1") == "tgram://…"
    assert kind_of(SECRET) == "an address without ://"


def test_a_wrong_address_is_found_with_file_and_line_and_is_not_shown(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_show(f"{SHOW}notify:\n      - json://127.0.0.1/${{NINJA_HOOK}}\n      - nowhere://{SECRET}\n")
    environment = {"PATH": ""}
    found = {each.rule: each for each in judge_episode(stage.settings(), "demo", environment=environment).findings}
    lines = (stage.show / "show.yaml").read_text(encoding="utf-8").splitlines()
    wrong, unset = found["notify-address"], found["notify-variable"]
    assert wrong.where.endswith(f"show.yaml:{lines.index(f'  - nowhere://{SECRET}') + 1}")
    assert (wrong.severity, unset.severity) == (Severity.ERROR, Severity.WARNING)
    assert unset.where.endswith(f"show.yaml:{lines.index('  - json://127.0.0.1/${NINJA_HOOK}') + 1}")
    assert "NINJA_HOOK is not set" in unset.message
    assert SECRET not in str(wrong)


def test_a_paid_run_is_refused_for_a_wrong_address(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_show(f"{SHOW}notify: {{to: [nowhere://x], desk: https://studio.example}}\n")
    with pytest.raises(ContentError, match="nobody can be told at nowhere"):
        judge_episode(stage.settings(Mode.DRAFT), "demo").refuse()


def test_addresses_may_stand_alone(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    stage.write_show(f"{SHOW}notify: [json://127.0.0.1]\n")
    assert load_show(stage.show).notify == Notify(to=("json://127.0.0.1",))


def test_what_is_sent_arrives_and_its_secret_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    environment = {"NINJA_HOOK": SECRET}
    with listening() as listener:
        assert send(listener.address("${NINJA_HOOK}"), Message("A title", "**a body**"), environment)
        listener.status = 500
        assert not send(listener.address("${NINJA_HOOK}"), Message("A title", "a body"), environment)
        [(path, body), _] = listener.posted
    assert path.endswith("s3cr3t-of-the-studio")
    assert (body["title"], body["message"]) == ("A title", "**a body**")
    assert not send("json://127.0.0.1:9/${NINJA_HOOK}", Message("A title", "a body"), environment)
    assert "s3cr3t" not in caplog.text


def test_no_log_has_an_address_while_another_thread_that_told_somebody_has_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    began, inside = threading.Event(), threading.Event()

    @apprise.decorators.notify(on="overlap", name="a service")  # type: ignore[no-untyped-call, untyped-decorator]
    def tell(body: str, title: str, *_: object, **__: object) -> bool:
        if title == "first":
            began.set()
            return inside.wait(60)
        inside.set()
        first.join(60)
        logging.getLogger("urllib3.connectionpool").warning("retrying /%s", SECRET)
        return True

    first = threading.Thread(target=send, args=("overlap://x", Message("first", "a body"), {}))
    first.start()
    assert began.wait(60)
    assert send("overlap://x", Message("second", "a body"), {})
    assert SECRET not in caplog.text
    logging.getLogger("urllib3.connectionpool").warning("said later")
    assert "said later" in caplog.text


def test_an_address_without_its_variable_is_refused_by_the_variables_name() -> None:
    with pytest.raises(ContentError, match="NINJA_HOOK is not set"):
        send("json://127.0.0.1/${NINJA_HOOK}", Message("a", "b"), {})
