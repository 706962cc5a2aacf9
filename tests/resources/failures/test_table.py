"""Every failure of both providers is told apart: may another try help, was it paid, and what does a person do next."""

import pytest

from resources.core.errors import Charge
from resources.failures import TABLE, Kind, Provider, Step, Symptom, classify

FAL, ELEVEN = Provider.FAL, Provider.ELEVENLABS
NONE, POSSIBLE, CHARGED = Charge.NONE, Charge.POSSIBLE, Charge.CHARGED


def fal(step: Step, status: int | None = None, code: str = "", text: str = "", generated: bool = False) -> Symptom:
    return Symptom(FAL, step, status, code, text, generated=generated)


def eleven(status: int | None = None, code: str = "", text: str = "", generated: bool = False) -> Symptom:
    return Symptom(ELEVEN, Step.SPEAK, status, code, text, generated=generated)


ROWS: list[tuple[Symptom, Kind, bool, Charge]] = [
    # Noticed here.
    (fal(Step.SUBMIT, code="no_key"), Kind.NO_KEY, False, NONE),
    (eleven(code="no_key"), Kind.NO_KEY, False, NONE),
    (fal(Step.POLL, code="deadline"), Kind.DEADLINE, True, POSSIBLE),
    (fal(Step.SUBMIT, code="unsettled"), Kind.UNSETTLED, True, POSSIBLE),
    (fal(Step.DOWNLOAD, code="unsafe_url"), Kind.UNSAFE_URL, False, CHARGED),
    (fal(Step.DOWNLOAD, code="bad_file"), Kind.BAD_FILE, True, CHARGED),
    (fal(Step.RESULT, code="no_result"), Kind.NO_RESULT, False, POSSIBLE),
    (fal(Step.SUBMIT, code="odd_answer"), Kind.ODD_ANSWER, True, POSSIBLE),
    (fal(Step.POLL, code="odd_answer"), Kind.ODD_ANSWER, True, POSSIBLE),
    (fal(Step.LOOKUP, code="odd_answer"), Kind.ODD_ANSWER, True, NONE),
    (fal(Step.SUBMIT, code="not_sent"), Kind.NOT_SENT, True, NONE),
    (fal(Step.SUBMIT, code="answer_lost"), Kind.ANSWER_LOST, True, POSSIBLE),
    (eleven(code="answer_lost"), Kind.ANSWER_LOST, True, POSSIBLE),
    (fal(Step.UPLOAD, code="answer_lost"), Kind.ANSWER_LOST, True, NONE),
    (fal(Step.DOWNLOAD, code="answer_lost"), Kind.ANSWER_LOST, True, CHARGED),
    (fal(Step.DOWNLOAD, code="not_sent"), Kind.NOT_SENT, True, CHARGED),
    # The account.
    (eleven(401, "quota_exceeded"), Kind.NO_CREDIT, False, NONE),
    (eleven(402, "paid_plan_required"), Kind.PLAN, False, NONE),
    (eleven(403, "output_format_not_allowed"), Kind.PLAN, False, NONE),
    (eleven(403, "insufficient_permissions"), Kind.FORBIDDEN, False, NONE),
    (eleven(401, "detected_unusual_activity"), Kind.LOCKED, False, NONE),
    (fal(Step.SUBMIT, 401), Kind.KEY_REFUSED, False, NONE),
    (eleven(401, "invalid_api_key"), Kind.KEY_REFUSED, False, NONE),
    (fal(Step.SUBMIT, 402), Kind.NO_CREDIT, False, NONE),
    (eleven(402), Kind.PLAN, False, NONE),
    (fal(Step.SUBMIT, 403, text="User is locked. Reason: Exhausted balance."), Kind.LOCKED, False, NONE),
    (fal(Step.SUBMIT, 403, text="Forbidden"), Kind.FORBIDDEN, False, NONE),
    (eleven(403, text="Forbidden"), Kind.FORBIDDEN, False, NONE),
    (fal(Step.DOWNLOAD, 404), Kind.MEDIA_GONE, False, CHARGED),
    # What was asked for.
    (eleven(404, "voice_not_found"), Kind.NO_VOICE, False, NONE),
    (eleven(400, "max_character_limit_exceeded"), Kind.TOO_LONG, False, NONE),
    (eleven(400, "unsupported_model", "previous_text is not yet supported"), Kind.SCHEMA, False, NONE),
    (eleven(400, "unsupported_language"), Kind.SCHEMA, False, NONE),
    (fal(Step.SUBMIT, 404), Kind.NO_ENDPOINT, False, NONE),
    (fal(Step.POLL, 404), Kind.REQUEST_GONE, True, POSSIBLE),
    (fal(Step.RESULT, 404), Kind.REQUEST_GONE, True, POSSIBLE),
    (fal(Step.RESULT, 400, text="Request is still in progress"), Kind.BUSY, True, POSSIBLE),
    (fal(Step.RESULT, 422, "file_download_error"), Kind.MEDIA_REFUSED, True, NONE),
    (fal(Step.RESULT, 422, "file_download_error", generated=True), Kind.SCHEMA, False, CHARGED),
    (fal(Step.RESULT, 405, text="Method Not Allowed"), Kind.ODD_ANSWER, True, POSSIBLE),
    # fal's types, whatever the status.
    (fal(Step.RESULT, 400, "no_media_generated"), Kind.NO_MEDIA, False, POSSIBLE),
    (fal(Step.RESULT, 400, "downstream_service_error"), Kind.SERVER, True, NONE),
    (fal(Step.RESULT, 422, "face_detection_error"), Kind.IMAGE_REFUSED, False, NONE),
    (fal(Step.RESULT, 422, "image_too_small"), Kind.IMAGE_REFUSED, False, NONE),
    (fal(Step.RESULT, 422, "audio_duration_too_long"), Kind.SOUND_REFUSED, False, NONE),
    (fal(Step.RESULT, 422, "audio_duration_too_short"), Kind.SOUND_REFUSED, False, NONE),
    (fal(Step.RESULT, 413, "file_too_large"), Kind.SCHEMA, False, NONE),
    (fal(Step.RESULT, 422, text="moderated: policy"), Kind.POLICY, False, POSSIBLE),
    (fal(Step.RESULT, 500, generated=True), Kind.SERVER, False, CHARGED),
    (fal(Step.RESULT, 502, text="nginx"), Kind.SERVER, True, NONE),
    (fal(Step.POLL, 403, text="User is locked. Reason: Exhausted balance."), Kind.LOCKED, True, POSSIBLE),
    (fal(Step.DOWNLOAD, 403), Kind.BUSY, True, CHARGED),
    (fal(Step.DOWNLOAD, 429), Kind.BUSY, True, CHARGED),
    (fal(Step.DOWNLOAD, 503), Kind.SERVER, True, CHARGED),
    (fal(Step.SUBMIT, 403, text="error code: 1010"), Kind.OTHER, True, POSSIBLE),
    (fal(Step.RESULT, 422, text="Failed to download the audio"), Kind.MEDIA_REFUSED, False, POSSIBLE),
    (fal(Step.RESULT, 422, "content_policy_violation"), Kind.POLICY, False, POSSIBLE),
    (eleven(400, "content_against_policy"), Kind.POLICY, False, NONE),
    (fal(Step.RESULT, 422, "value_error", generated=True), Kind.SCHEMA, False, CHARGED),
    (fal(Step.RESULT, 422, "missing"), Kind.SCHEMA, False, NONE),
    (fal(Step.SUBMIT, 400, "bad_request"), Kind.SCHEMA, False, NONE),
    (eleven(422, "missing"), Kind.SCHEMA, False, NONE),
    (eleven(404), Kind.NO_ENDPOINT, False, NONE),
    (fal(Step.UPLOAD, 404), Kind.NO_ENDPOINT, False, NONE),
    # Not now.
    (fal(Step.SUBMIT, 408), Kind.TIMEOUT, True, POSSIBLE),
    (fal(Step.POLL, 408), Kind.TIMEOUT, True, NONE),
    (fal(Step.SUBMIT, 409), Kind.CONFLICT, True, POSSIBLE),
    (fal(Step.POLL, 409), Kind.CONFLICT, True, NONE),
    (eleven(429, "too_many_concurrent_requests"), Kind.BUSY, True, NONE),
    (eleven(429, "system_busy"), Kind.BUSY, True, NONE),
    (fal(Step.SUBMIT, 429), Kind.BUSY, True, NONE),
    (fal(Step.RESULT, 499, "client_cancelled"), Kind.CANCELLED, False, POSSIBLE),
    (fal(Step.RESULT, 504, "startup_timeout"), Kind.NOT_STARTED, True, NONE),
    (fal(Step.RESULT, 500, "runner_server_error"), Kind.SERVER, True, NONE),
    (eleven(500, generated=True), Kind.GENERATED, True, CHARGED),
    (eleven(503, "system_busy"), Kind.BUSY, True, NONE),
    (eleven(500), Kind.SERVER, True, POSSIBLE),
    (fal(Step.SUBMIT, 502, text="nginx"), Kind.SERVER, True, POSSIBLE),
    (fal(Step.POLL, 502), Kind.SERVER, True, NONE),
    (fal(Step.SUBMIT, 418), Kind.OTHER, False, POSSIBLE),
]


@pytest.mark.parametrize(("symptom", "kind", "again", "charge"), ROWS)
def test_a_symptom_is_one_failure(symptom: Symptom, kind: Kind, again: bool, charge: Charge) -> None:
    failure = classify(symptom)
    assert (failure.kind, failure.retryable, failure.charge) == (kind, again, charge)


def test_every_row_of_the_table_is_reached_by_one_of_these_cases() -> None:
    reached = {id(next(row for row in TABLE if row.fits(symptom))) for symptom, *_ in ROWS}
    assert [row for row in TABLE if id(row) not in reached] == []


def test_every_row_tells_a_person_what_happened_and_what_to_do() -> None:
    for row in TABLE:
        assert row.what
        assert row.hint, row.what
