"""What the two clients and httpx raise, read into a failure, with every key cut out."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from elevenlabs.core.api_error import ApiError
from fal_client.auth import MissingCredentialsError
from fal_client.client import FalClientHTTPError
from hypothesis import given
from hypothesis import strategies as st

from resources.core.errors import Charge
from resources.failures import Kind, Provider, Step, Symptom, classify, clean, of_elevenlabs, of_fal

NONE, POSSIBLE, CHARGED = Charge.NONE, Charge.POSSIBLE, Charge.CHARGED


def fal_error(status: int, body: object, headers: dict[str, str] | None = None) -> FalClientHTTPError:
    response = httpx.Response(status, json=body, headers=headers, request=httpx.Request("GET", "https://queue.fal.run"))
    return FalClientHTTPError("", status, dict(response.headers), response=response)


def test_a_policy_refusal_of_fal_names_the_field_and_the_words() -> None:
    detail = [
        {"loc": ["body", "prompt"], "msg": "Content refused", "type": "content_policy_violation", "input": "blood"}
    ]
    failure = of_fal(fal_error(422, {"detail": detail}), Step.RESULT)
    assert failure.kind is Kind.POLICY
    assert 'prompt: "blood"' in failure.why


def test_the_words_that_a_context_lists_are_named_before_the_whole_prompt() -> None:
    detail = {"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation", "input": "a b c"}
    failure = of_fal(fal_error(422, {"detail": [detail | {"ctx": {"words": ["b", "c"]}}]}), Step.RESULT)
    assert 'prompt: "b, c"' in failure.why


def test_the_error_type_of_fal_is_read_from_the_body_and_from_the_header() -> None:
    by_header = of_fal(fal_error(504, {"detail": "late"}, {"x-fal-error-type": "startup_timeout"}), Step.RESULT)
    assert by_header.kind is Kind.NOT_STARTED


def test_an_answer_that_bills_units_is_never_called_free() -> None:
    failure = of_fal(fal_error(422, {"detail": "odd"}, {"x-fal-billable-units": "5.0"}), Step.RESULT)
    assert failure.charge is CHARGED


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), httpx.PoolTimeout("")])
def test_a_connection_that_was_never_made_sent_nothing(error: httpx.TransportError) -> None:
    assert of_fal(error, Step.SUBMIT).charge is NONE
    assert of_elevenlabs(error, Step.SPEAK).kind is Kind.NOT_SENT


@pytest.mark.parametrize("error", [httpx.ReadTimeout(""), httpx.WriteError(""), httpx.RemoteProtocolError("closed")])
def test_a_connection_that_broke_after_the_send_may_have_bought(error: httpx.TransportError) -> None:
    assert of_fal(error, Step.SUBMIT).charge is POSSIBLE
    assert of_elevenlabs(error, Step.SPEAK).kind is Kind.ANSWER_LOST


@pytest.mark.parametrize("error", [ValueError("Unknown status: FAILED"), KeyError("logs")])
def test_a_status_that_the_client_cannot_read_leaves_the_charge_open(error: Exception) -> None:
    assert of_fal(error, Step.POLL).kind is Kind.ODD_ANSWER
    assert of_fal(error, Step.POLL).charge is POSSIBLE


def test_missing_credentials_ask_for_a_key() -> None:
    assert of_fal(MissingCredentialsError("no"), Step.SUBMIT).kind is Kind.NO_KEY


def test_the_status_of_elevenlabs_is_read_from_its_detail() -> None:
    body = {"detail": {"status": "quota_exceeded", "message": "You have 3 credits remaining"}}
    failure = of_elevenlabs(ApiError(status_code=401, headers={}, body=body), Step.SPEAK)
    assert failure.kind is Kind.NO_CREDIT
    assert "3 credits" in failure.why


@pytest.mark.parametrize("headers", [{"history-item-id": "h1"}, {"Character-Cost": "12"}])
def test_a_failure_of_elevenlabs_with_a_bill_was_charged(headers: dict[str, str]) -> None:
    assert of_elevenlabs(ApiError(status_code=500, headers=headers, body="boom"), Step.SPEAK).charge is CHARGED


def test_no_key_and_no_signed_address_is_ever_quoted() -> None:
    told = clean("sent Key abcd-1234:ef and s3cr3t to https://x.io/a.mp4?sig=1 by xi-api-key: zyxwvuts99", ["s3cr3t"])
    assert told == "sent Key *** and *** to https://x.io/a.mp4 by xi-api-key: ***"


@pytest.mark.parametrize(
    ("value", "units"), [("0", 0.0), ("5.0", 5.0), ("nan", None), ("inf", None), ("five", None), ("", None)]
)
def test_units_that_are_no_number_say_nothing(value: str, units: float | None) -> None:
    failure = of_fal(fal_error(422, {"detail": "odd"}, {"x-fal-billable-units": value}), Step.RESULT)
    assert failure.billed_units == units


@pytest.mark.parametrize(("value", "again"), [("true", True), ("1", True), ("false", False), ("no", False)])
@pytest.mark.parametrize("header", ["x-fal-retryable", "x-fal-needs-retry"])
def test_what_the_provider_says_of_another_try_goes_before_the_table(header: str, value: str, again: bool) -> None:
    failure = of_fal(fal_error(500, {"detail": "odd"}, {header: value}), Step.RESULT)
    assert failure.retryable is again


def test_where_another_try_is_another_request_its_word_on_this_one_is_not_asked() -> None:
    gone = Symptom(Provider.FAL, Step.RESULT, 422, "file_download_error", retryable=False)
    assert classify(gone).retryable


@pytest.mark.parametrize(("value", "seconds"), [("30", 30.0), ("-5", 0.0), ("soon", None), ("inf", None), ("", None)])
def test_a_wait_is_read_in_seconds_and_is_never_negative(value: str, seconds: float | None) -> None:
    assert of_fal(fal_error(429, {}, {"retry-after": value}), Step.SUBMIT).retry_after == seconds
    spoken = ApiError(status_code=429, headers={"Retry-After": value}, body={})
    assert of_elevenlabs(spoken, Step.SPEAK).retry_after == seconds


def test_a_wait_until_a_moment_is_read_from_its_date() -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    failure = of_fal(fal_error(429, {}, {"retry-after": format_datetime(moment, usegmt=True)}), Step.SUBMIT)
    assert failure.retry_after is not None
    assert 3000 < failure.retry_after <= 3600
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    assert of_fal(fal_error(429, {}, {"retry-after": past}), Step.SUBMIT).retry_after == 0.0


def test_of_a_list_of_details_each_is_told_once_and_the_first_field_is_the_field() -> None:
    one = {"loc": ["body", "elements", 0, "image_url"], "msg": "too small", "type": "image_too_small"}
    failure = of_fal(fal_error(422, {"detail": [one, one, "odd", {"msg": "and more"}]}), Step.RESULT)
    assert (failure.kind, failure.field) == (Kind.IMAGE_REFUSED, "elements.0.image_url")
    assert failure.why.count("too small") == 1
    assert "and more" in failure.why


NAMES = ["detail", "error", "loc", "msg", "type", "message", "status", "code", "ctx", "input", "a"]
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@given(BODIES)
def test_an_answer_of_any_shape_is_some_failure(body: object) -> None:
    assert of_fal(fal_error(500, body), Step.SUBMIT).status == 500
    assert of_elevenlabs(ApiError(status_code=500, headers=None, body=body), Step.SPEAK).status == 500


def test_a_place_that_is_one_word_is_the_field() -> None:
    assert of_fal(fal_error(422, {"detail": [{"loc": "prompt", "msg": "too long"}]}), Step.SUBMIT).field == "prompt"
    assert of_fal(fal_error(422, {"detail": [{"loc": 5, "msg": "too long"}]}), Step.SUBMIT).field == ""


def test_an_answer_that_is_nested_too_deep_to_read_is_some_failure() -> None:
    response = httpx.Response(500, content=b"[" * 100_000, request=httpx.Request("GET", "https://queue.fal.run"))
    assert of_fal(FalClientHTTPError("", 500, {}, response=response), Step.SUBMIT).kind is Kind.SERVER


def test_what_is_quoted_is_one_short_line() -> None:
    assert clean("a\n  b\tc") == "a b c"
    assert len(clean("x" * 1000)) == 401
