"""fal.ai: queue, direct run, storage, CDN and platform API.

Validation is reported the way fal does: submit accepts whatever is JSON for an endpoint that exists, and the error
comes when the result is fetched. Every accepted submit is a new purchase: there is no idempotency.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.providers.account import Account, Clock, Purchase, purchase_key
from tests.providers.cdn import Cdn, lifetime
from tests.providers.faults import Act, Fault
from tests.providers.faults import Job as Mishap
from tests.providers.jobs import Job, Queue
from tests.providers.media import Workshop
from tests.providers.outputs import Plan, canonical, plan
from tests.providers.schemas import ENDPOINTS, Endpoint
from tests.providers.settings import Settings
from tests.providers.validate import check
from tests.providers.wire import RefusalError, Reply, Request, Route, reply

_ID = "(?P<id>[0-9a-f-]{36})"
_APP = "(?P<app>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)"
_RUN_PAUSE = 0.01  # seconds between looks at a direct run
_QUICK_CALLS = 10  # of the pricing API, in _QUICK_SECONDS; the next is refused
_QUICK_SECONDS = 10.0
_CHARGED_CODES = {"success": range(200, 300), "user_error": range(400, 500), "error": range(500, 600)}
_SPREAD = (0.2, -0.6, 1.0, -1.0, 0.6, -0.2, 0.8, -0.8, 0.4, -0.4)  # of the largest difference


class Fal:
    """The pretended fal.ai account."""

    def __init__(
        self, folder: Path, account: Account, clock: Clock, settings: Callable[[], Settings], base: Callable[[], str]
    ) -> None:
        self._account = account
        self._clock = clock
        self._settings = settings
        self._base = base
        self._queue = Queue(clock)
        self._workshop = Workshop(folder / "made")
        self._asked: list[float] = []  # when prices were asked for
        self._cdn = Cdn(folder / "cdn", clock, settings, base)

    def routes(self) -> list[Route]:
        """Every address of fal.ai that the server answers."""
        requests = f"/queue/{_APP}/requests/{_ID}"
        return [
            Route("GET", f"{requests}/status", "fal.status", self._status),
            Route("PUT", f"{requests}/cancel", "fal.cancel", self._cancel),
            Route("GET", f"{requests}(?:/response)?", "fal.result", self._result),
            Route("POST", f"/queue/{_APP}", "fal.submit", self._submit),
            Route("POST", f"/run/{_APP}", "fal.run", self._run),
            Route("GET", "/v1/models/pricing", "fal.pricing", self._pricing),
            Route("GET", "/v1/models/requests/by-endpoint", "fal.requests", self._history),
            Route("GET", "/v1/models/billing-events", "fal.bills", self._bills),
            Route("GET", "/v1/models/usage", "fal.usage", self._usage),
            *self._cdn.routes(self._authorize),
        ]

    def balance(self) -> float:
        """Dollars left."""
        return self._settings().balance_usd - self._account.spent("fal")

    def advance(self) -> None:
        """Bring the queue to the present."""
        with self._account.lock:
            self._queue.advance(self._settings().concurrency)

    def close(self) -> None:
        """Stop rendering."""
        self._workshop.close()

    # -- who may ask, and for what

    def _authorize(self, request: Request) -> None:
        given = request.headers.get("authorization")
        if given is None:
            raise RefusalError(reply({"detail": "Authentication is required to access this application."}, 401))
        if given != f"Key {self._settings().fal_key}":
            raise RefusalError(reply({"detail": "No user found for Key ID and Secret"}, 401))

    def _admit(self) -> None:
        reason = self._settings().locked
        if reason is None and self.balance() <= 0:
            reason = "Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
        if reason is not None:
            raise RefusalError(reply({"detail": f"User is locked. Reason: {reason}"}, 403))

    def _endpoint(self, app: str) -> Endpoint:
        if app not in ENDPOINTS:
            raise RefusalError(reply({"detail": f"Application '{app}' not found"}, 404))
        return ENDPOINTS[app]

    def _job(self, match: re.Match[str]) -> Job:
        if match["app"].count("/") != 1:  # only owner/alias: the sub path of the endpoint has no requests
            raise RefusalError(reply({"detail": "Method Not Allowed"}, 405))
        job = self._queue.jobs.get(match["id"])
        if job is None or not f"{job.endpoint.id}/".startswith(f"{match['app']}/"):
            raise RefusalError(reply({"detail": "Request not found"}, 404))
        return job

    # -- the queue

    def _submit(self, request: Request, match: re.Match[str], fault: Fault | None) -> Reply:
        self._authorize(request)
        endpoint = self._endpoint(match["app"])
        self._admit()
        job = self._accept(endpoint, request, fault)
        with self._account.lock:
            self._queue.advance(self._settings().concurrency)
            position = self._queue.position(job) if job.started is None else 0
        document = {"status": "IN_QUEUE", "request_id": job.request_id, "queue_position": position, **self._urls(job)}
        return reply(document, headers={"x-fal-request-id": job.request_id})

    def _accept(self, endpoint: Endpoint, request: Request, fault: Fault | None) -> Job:
        arguments = self._arguments(request)
        settings = self._settings()
        mishap = fault.job if fault is not None and fault.act is Act.JOB else Mishap()
        work = settings.latencies.get(endpoint.id, settings.latency)
        if fault is not None and fault.act is Act.JOB and fault.seconds:
            work = fault.seconds
        media_seconds = self._cdn.seconds(lifetime(request))
        order = check(endpoint, arguments, self._cdn.find)
        content = canonical(endpoint, arguments, order)
        key = purchase_key("fal", endpoint.id, content)
        made = Plan([], 0, lambda _: {})
        if not order.problems:
            made = plan(endpoint, order, key, self._workshop, settings.video_height, mishap.stretch)
        with self._account.lock:
            work *= 1 + settings.latency_spread * _SPREAD[len(self._queue.jobs) % len(_SPREAD)]
            purchase = self._account.accept(
                Purchase(
                    provider="fal",
                    endpoint=endpoint.id,
                    request_id=str(uuid4()),
                    key=key,
                    content=content,
                    at=self._clock.now(),
                    webhook=request.query.get("fal_webhook"),
                )
            )
            job = Job(
                endpoint=endpoint,
                arguments=arguments,
                purchase=purchase,
                work=float("inf") if mishap.hold else 0.0 if order.problems else work,
                mishap=mishap,
                problems=order.problems,
                units=made.units,
                cost_usd=made.units * self._unit_usd(endpoint),
                media_seconds=media_seconds,
                rendering=made.files,
                finish=lambda job: self._publish(job, made),
            )
            self._queue.add(job)
        return job

    def _arguments(self, request: Request) -> dict[str, Any]:
        try:
            arguments = json.loads(request.body)
        except ValueError:
            raise RefusalError(reply({"detail": "Invalid JSON"}, 400)) from None
        if not isinstance(arguments, dict):
            raise RefusalError(reply({"detail": "The body must be a JSON object"}, 422))
        return arguments

    def _publish(self, job: Job, made: Plan) -> dict[str, Any]:
        kinds = {".mp4": "video/mp4", ".png": "image/png", ".jpeg": "image/jpeg", ".webp": "image/webp"}
        files: list[tuple[str, Path]] = []
        for future in made.files:
            path = future.result()
            sent = lambda: self._account.deliver(job.purchase)  # noqa: E731 - one line says it
            files.append((self._cdn.publish(path, kinds[path.suffix], job.media_seconds, sent), path))
        if not files:
            self._account.deliver(job.purchase)
        return made.describe(files)

    def _urls(self, job: Job) -> dict[str, str]:
        owner, alias, *_ = job.endpoint.id.split("/")
        url = f"{self._base()}/queue/{owner}/{alias}/requests/{job.request_id}"
        return {"response_url": url, "status_url": f"{url}/status", "cancel_url": f"{url}/cancel"}

    def _status(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        self._authorize(request)
        with self._account.lock:
            job = self._job(match)
            self._queue.advance(self._settings().concurrency)
            job.purchase.polls.append(time.monotonic())
            logs = self._logs(job) if request.query.get("logs") in ("1", "true") else None
            document: dict[str, Any] = {"request_id": job.request_id, **self._urls(job)}
            if job.purchase.ended:
                document |= {"status": "COMPLETED", "logs": logs, "metrics": {"inference_time": job.work}}
                if job.failure is not None:
                    _status, detail, kind = job.failure
                    message = detail if isinstance(detail, str) else detail[0]["msg"] if detail else "Error"
                    document |= {"error": message, "error_type": kind or "validation_error"}
            elif job.started is None:
                document |= {"status": "IN_QUEUE", "queue_position": self._queue.position(job)}
            else:
                document |= {"status": "IN_PROGRESS", "logs": logs, "metrics": {}}
        return reply(document, 200 if job.purchase.ended else 202, headers={"x-fal-request-id": job.request_id})

    def _logs(self, job: Job) -> list[dict[str, str]]:
        lines = [] if job.started is None else [(job.started, "Runner started"), (job.started, "Rendering 0%")]
        if job.purchase.ended and job.started is not None:
            lines.append((job.ends, "Rendering 100%"))
        return [{"timestamp": _iso(at), "level": "INFO", "source": "USER", "message": text} for at, text in lines]

    def _result(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        self._authorize(request)
        with self._account.lock:
            job = self._job(match)
            self._queue.advance(self._settings().concurrency)
            if not job.purchase.ended:
                raise RefusalError(reply({"detail": "Request is still in progress"}, 400))
            if self._clock.now() > job.ends + self._settings().result_seconds:
                raise RefusalError(reply({"detail": "Request not found"}, 404))
            return self._answer(job)

    def _answer(self, job: Job) -> Reply:
        units = self._settings().billable_units or str(job.purchase.billed_units)
        headers = {"x-fal-request-id": job.request_id, "x-fal-billable-units": units}
        if job.failure is None:
            job.output = job.output or job.finish(job)
            return reply(job.output, headers=headers)
        status, detail, kind = job.failure
        headers["x-fal-retryable"] = str(status >= 500).lower()
        document = {"detail": detail}
        if kind is not None:
            document["error_type"] = headers["x-fal-error-type"] = kind
        return reply(document, status, headers=headers)

    def _cancel(self, request: Request, match: re.Match[str], _: Fault | None) -> Reply:
        self._authorize(request)
        with self._account.lock:
            job = self._job(match)
            self._queue.advance(self._settings().concurrency)
            if self._queue.cancel(job):
                return reply({"status": "CANCELLATION_REQUESTED"}, 202)
        return reply({"status": "ALREADY_COMPLETED"}, 400)

    def _run(self, request: Request, match: re.Match[str], fault: Fault | None) -> Reply:
        self._authorize(request)
        endpoint = self._endpoint(match["app"])
        self._admit()
        with self._account.lock:
            self._queue.advance(self._settings().concurrency)
            if self._queue.working() >= self._settings().concurrency:
                document = {"detail": "Too many requests", "error_type": "concurrent_requests_limit"}
                raise RefusalError(reply(document, 429, headers={"x-fal-needs-retry": "1"}))
        job = self._accept(endpoint, request, fault)
        while not job.purchase.ended:
            time.sleep(_RUN_PAUSE)
            self.advance()
        with self._account.lock:
            return self._answer(job)

    # -- the platform API

    def _pricing(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._authorize(request)
        now = self._clock.now()
        self._asked = [*(at for at in self._asked if at > now - _QUICK_SECONDS), now]
        if len(self._asked) > _QUICK_CALLS:
            refused = _platform_error(429, "rate_limited", "Rate limit exceeded")
            raise RefusalError(replace(refused, headers={**refused.headers, "retry-after": f"{_QUICK_SECONDS:.0f}"}))
        wanted = [one for value in request.queries.get("endpoint_id", []) for one in value.split(",")]
        if not 1 <= len(wanted) <= 50:
            raise RefusalError(_platform_error(400, "validation_error", "endpoint_id: 1 to 50 are needed"))
        unknown = [one for one in wanted if one not in ENDPOINTS]
        if unknown:
            raise RefusalError(_platform_error(404, "not_found", f"Unknown endpoints: {', '.join(unknown)}"))
        prices = [
            {
                "endpoint_id": one,
                "unit_price": self._unit_usd(ENDPOINTS[one]),
                "unit": ENDPOINTS[one].bill.unit,
                "currency": "USD",
            }
            for one in wanted
        ]
        return reply({"prices": prices, "next_cursor": None, "has_more": False})

    def _unit_usd(self, endpoint: Endpoint) -> float:
        """Dollars for one of the platform's units, today."""
        return self._settings().unit_usd.get(endpoint.id, endpoint.bill.unit_usd)

    def _history(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        self._authorize(request)
        query = request.query
        endpoints = _endpoints(request)
        if not 1 <= len(endpoints) <= 50:
            raise RefusalError(_platform_error(400, "validation_error", "endpoint_id: 1 to 50 are needed"))
        now = self._clock.now()
        start, end = _span(query, now, widest=_QUARTER if "request_id" in query else _DAY)
        limit = _limit(query, 100)
        with self._account.lock:
            self._queue.advance(self._settings().concurrency)
            jobs = [
                job
                for job in reversed(self._queue.jobs.values())
                if job.endpoint.id in endpoints
                # fal sorts its history by end time: nothing says that it lists what still runs
                and (job.purchase.ended or self._settings().history_shows_running)
                and start <= job.purchase.at < end
                and job.purchase.at + self._settings().history_delay <= now
                and query.get("request_id") in (None, job.request_id)
                and self._has_status(job, query.get("status"))
            ]
            offset = int(query.get("cursor") or 0)
            page = jobs[offset : offset + limit]
            more = offset + limit < len(jobs)
            items = [self._item(job, "payloads" in request.queries.get("expand", [])) for job in page]
        return reply({"items": items, "has_more": more, "next_cursor": str(offset + limit) if more else None})

    def _bills(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        """Every billed request by itself. Sums are in US dollars, after the discount."""
        billed = self._billed(request)
        limit, offset = _limit(request.query, 10_000), int(request.query.get("cursor") or 0)
        page, more = billed[offset : offset + limit], offset + limit < len(billed)
        events = [
            {
                "request_id": job.request_id,
                "endpoint_id": job.endpoint.id,
                "timestamp": _iso(job.ends),
                "output_units": job.purchase.billed_units,
                **self._sums(job),
                "cost_estimate_nano_usd": round(self._sums(job)["cost_total"] * 1e9),
            }
            for job in page
        ]
        return reply({"billing_events": events, "has_more": more, "next_cursor": str(offset + limit) if more else None})

    def _usage(self, request: Request, _: re.Match[str], __: Fault | None) -> Reply:
        """What was billed by endpoint, as one summary: of the time series nobody asks here."""
        billed = self._billed(request)
        if "summary" not in request.queries.get("expand", []):
            raise RefusalError(_platform_error(400, "validation_error", "expand: time_series or summary is needed"))
        summary = []
        for endpoint in dict.fromkeys(job.endpoint.id for job in billed):
            jobs = [job for job in billed if job.endpoint.id == endpoint]
            sums = [self._sums(job) for job in jobs]
            summary.append(
                {
                    "endpoint_id": endpoint,
                    "unit": jobs[0].endpoint.bill.unit,
                    "quantity": sum(job.purchase.billed_units for job in jobs),
                    "unit_price": sums[0]["unit_price"],
                    "percent_discount": sums[0]["percent_discount"],
                    **{name: sum(each[name] for each in sums) for name in sums[0] if name.startswith("cost_")},
                    "currency": "USD",
                }
            )
        return reply({"summary": summary, "has_more": False, "next_cursor": None})

    def _billed(self, request: Request) -> list[Job]:
        """The requests on the bill, newest first, as a key with ADMIN may read them."""
        self._authorize(request)
        if self._settings().fal_scope != "ADMIN":
            raise RefusalError(_platform_error(403, "authorization_error", "Admin API key required"))
        now = self._clock.now()
        start, end = _span(request.query, now, widest=_DAY)
        if end - start > _QUARTER.total_seconds() + 1:
            raise RefusalError(_platform_error(400, "validation_error", "The date range is limited to 90 days"))
        wanted = _endpoints(request)
        with self._account.lock:
            self._queue.advance(self._settings().concurrency)
            return [
                job
                for job in reversed(self._queue.jobs.values())
                if job.purchase.ended
                and job.purchase.billed_units > 0
                and start <= job.ends < end
                and job.ends + self._settings().billing_delay <= now
                and (not wanted or job.endpoint.id in wanted)
                and request.query.get("request_id") in (None, job.request_id)
            ]

    def _sums(self, job: Job) -> dict[str, float]:
        percent = self._settings().percent_discount
        subtotal = job.purchase.cost_usd
        discount = subtotal * percent / 100
        return {
            "unit_price": subtotal / job.purchase.billed_units,
            "percent_discount": percent,
            "cost_subtotal": subtotal,
            "cost_discount": discount,
            "cost_total": subtotal - discount,
        }

    def _has_status(self, job: Job, wanted: str | None) -> bool:
        if wanted is None:
            return True
        if not job.purchase.ended or wanted not in _CHARGED_CODES:
            return False
        return (200 if job.failure is None else job.failure[0]) in _CHARGED_CODES[wanted]

    def _item(self, job: Job, payloads: bool) -> dict[str, Any]:
        item: dict[str, Any] = {
            "request_id": job.request_id,
            "endpoint_id": job.endpoint.id,
            "sent_at": _iso(job.purchase.at),
            "started_at": None if job.started is None else _iso(job.started),
        }
        if job.purchase.ended and job.started is not None:
            status = 200 if job.failure is None else job.failure[0]
            item |= {"ended_at": _iso(job.ends), "status_code": status, "duration": job.work}
        if payloads:
            if job.purchase.ended == "ok":
                job.output = job.output or job.finish(job)
            item |= {"json_input": job.arguments, "json_output": job.output}
        return item


_DAY = timedelta(days=1)
_QUARTER = timedelta(days=90)


def _endpoints(request: Request) -> list[str]:
    return [one for value in request.queries.get("endpoint_id", []) for one in value.split(",")]


def _span(query: Mapping[str, str], now: float, *, widest: timedelta) -> tuple[float, float]:
    """From when to when is asked, the end exclusive; `widest` before the end where no start is given."""
    end = _moment(query["end"]) if "end" in query else now + 1e-3
    start = _moment(query["start"]) if "start" in query else (datetime.fromtimestamp(end, UTC) - widest).timestamp()
    return start, end


def _limit(query: Mapping[str, str], most: int) -> int:
    limit = int(query.get("limit", "50"))
    if not 1 <= limit <= most:
        raise RefusalError(_platform_error(400, "validation_error", f"limit: 1 to {most}"))
    return limit


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RefusalError(_platform_error(400, "validation_error", f"{text!r} is not an ISO 8601 date")) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _platform_error(status: int, kind: str, message: str) -> Reply:
    return reply({"error": {"type": kind, "message": message}}, status)
