"""The desk's addresses: what each answers with. A page is made anew for each request; nothing of it is kept."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import NotModifiedResponse

from ninja_assets.cells.links import DESK, MEDIA
from ninja_assets.desk.site import acts
from ninja_assets.desk.site.click_prices import prices_of
from ninja_assets.desk.site.compared_models import models_of, models_pulse
from ninja_assets.desk.site.dagster_runs import Pulse
from ninja_assets.desk.site.episode import captions_of, pulse_of, shown_episode
from ninja_assets.desk.site.episode_list import episode_list, list_pulse
from ninja_assets.desk.site.media import media_response
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.spending_page import spending
from resources.core.errors import ContentError, LedgerError, NinjaError
from resources.core.names import Mode
from resources.core.settings import parse_mode
from resources.core.text.diagnostics import explain
from resources.deliver.page_parts import HEADER, Parted
from resources.deliver.page_templates import TEMPLATES, pages

_OWN: Final = Path(__file__).with_name("templates")
_FILES: Final = {
    "page.css": (TEMPLATES, "text/css"),
    "page.js": (TEMPLATES, "text/javascript"),
    "desk.css": (_OWN, "text/css"),
    "live.js": (_OWN, "text/javascript"),
    "desk.js": (_OWN, "text/javascript"),
}
# Nothing from elsewhere, no script but the desk's own files: what a person wrote can at worst be read.
_POLICY: Final = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS: Final = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
_PAGE: Final = re.compile(r"[0-9]{1,6}")
_EPISODE: Final = f"{DESK}/episodes/{{episode}}/{{mode}}"
_MODELS: Final = f"{_EPISODE}/models/{{segment}}"

Act = Callable[[Request, Desk], Awaitable[dict[str, Any]]]


def desk_routes(desk: Desk) -> list[BaseRoute]:
    """All of them."""

    def show(path: str, answer: Callable[[Desk, Request], Response]) -> Route:
        return Route(path, partial(_answered, desk, answer), methods=["GET"])

    def do(path: str, act: Act) -> Route:
        return Route(path, partial(_done, desk, act), methods=["POST"])

    return [
        Route(DESK, lambda _: RedirectResponse(f"{DESK}/"), methods=["GET"]),
        show(f"{DESK}/", _episodes),
        show(f"{DESK}/pulse", _list_pulse),
        show(f"{DESK}/costs", _costs),
        show(f"{DESK}/files/{{name}}", _file),
        show(f"{MEDIA}/{{name}}", _media),
        show(f"{DESK}/episodes/{{episode}}", _to_newest),
        show(_EPISODE, _episode),
        show(f"{_EPISODE}/captions.vtt", _captions),
        show(f"{_EPISODE}/pulse", _pulse),
        show(f"{_EPISODE}/prices", _prices),
        show(_MODELS, _models),
        show(f"{_MODELS}/pulse", _models_pulse),
        do(f"{_EPISODE}/approve", acts.approve),
        do(f"{_EPISODE}/decline", acts.decline),
        do(f"{_EPISODE}/take-back", acts.take_back),
        do(f"{_EPISODE}/make", acts.make),
        do(f"{_EPISODE}/retake", acts.retake),
        do(f"{_EPISODE}/take", acts.take),
        do(f"{_MODELS}/voice", acts.voice),
        do(f"{_MODELS}/compare", acts.compare),
        do(f"{_MODELS}/approve", acts.approve),
        do(f"{_MODELS}/decline", acts.decline),
        do(f"{_MODELS}/take-back", acts.take_back),
        do(f"{_EPISODE}/archive", acts.archive),
        do(f"{_EPISODE}/notes", acts.note),
        do(f"{_EPISODE}/notes/{{note:int}}", acts.settle),
        show(f"{DESK}/{{path:path}}", _nothing),
    ]


def _answered(desk: Desk, answer: Callable[[Desk, Request], Response], request: Request) -> Response:
    try:
        answered = answer(desk, request)
        answered.headers.setdefault("Cache-Control", "no-store")  # captions of before would stand under a new cut
        return NotModifiedResponse(answered.headers) if _is_known(request, answered) else answered
    except NinjaError as error:
        status = _status(desk, error, HTTPStatus.NOT_FOUND)
        if "text/html" in request.headers.get("accept", ""):
            return _page("refused.html", status, why=str(error), there=status != HTTPStatus.NOT_FOUND, show="Desk")
        return PlainTextResponse(f"{error}\n", status)


def _is_known(request: Request, answered: Response) -> bool:
    """Whether the browser has this very content (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return answered.headers.get("ETag") in tags


async def _done(desk: Desk, act: Act, request: Request) -> Response:
    try:
        return JSONResponse(await act(request, desk))
    except NinjaError as error:
        status = await run_in_threadpool(_status, desk, error, HTTPStatus.CONFLICT)
        return JSONResponse({"error": str(error)}, status)
    except ValidationError as error:
        return JSONResponse({"error": f"this is not what can be asked for: {explain(error)}"}, 422)


def _status(desk: Desk, error: NinjaError, status: HTTPStatus) -> HTTPStatus:
    """What an error is answered with: 503 where ledger or show.yaml cannot be read, so that no page can be made."""
    if isinstance(error, LedgerError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    try:
        desk.show()
    except NinjaError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return status


def _nothing(_: Desk, request: Request) -> Response:
    raise ContentError(f"the desk has no page {DESK}/{request.path_params['path']}", hint=f"{DESK}/ has all episodes")


def _page(name: str, status: int = 200, **values: object) -> HTMLResponse:
    text = pages(_OWN).get_template(name).render(**values)
    return HTMLResponse(text, status, _HEADERS)


def _followed(request: Request, name: str, pulse: Pulse, **values: object) -> Response:
    """A page that follows what happens: whole, or what is new to the page that asks for it, with its pulse."""
    page = Parted.of(pages(_OWN).get_template(name).render(pulse=pulse, **values))
    has = request.headers.get(HEADER)
    if has is None:
        return HTMLResponse(page.marked, headers=_HEADERS)
    return JSONResponse({**pulse.model_dump(), **page.since(has)}, headers=_HEADERS)


def _whose(request: Request) -> tuple[str, Mode]:
    return request.path_params["episode"], parse_mode(request.path_params["mode"], where="the address")


def _episodes(desk: Desk, request: Request) -> Response:
    number, pulse = request.query_params.get("page", "1"), list_pulse(desk)
    found = episode_list(desk, int(number) if _PAGE.fullmatch(number) else 1)
    return _followed(request, "episodes.html", pulse, list=found)


def _list_pulse(desk: Desk, _: Request) -> Response:
    return JSONResponse(list_pulse(desk).model_dump())


def _costs(desk: Desk, _: Request) -> Response:
    return _page("costs.html", **spending(desk))


def _file(_: Desk, request: Request) -> Response:
    found = _FILES.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("no such file\n", 404)
    path, kind = found[0] / request.path_params["name"], found[1]
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-cache"}, stat_result=path.stat())


def _media(desk: Desk, request: Request) -> Response:
    return media_response(desk, request.path_params["name"])


def _to_newest(desk: Desk, request: Request) -> Response:
    episode = request.path_params["episode"]
    with desk.state(desk.show()) as state:
        kept = state.kept(episode) if state else []
    mode = kept[0].mode if kept else Mode.REHEARSAL
    return RedirectResponse(f"{DESK}/episodes/{episode}/{mode.value}")


def _episode(desk: Desk, request: Request) -> Response:
    pulse = pulse_of(desk, *_whose(request))  # before the page: what happens meanwhile is seen by the next look
    shown = shown_episode(desk, *_whose(request), request.query_params.get("shape"))
    name = "unmade.html" if shown.review is None else "episode.html"
    values = {"shown": shown, "review": shown.review, "modes": list(Mode), "show": desk.show().title}
    return _followed(request, name, pulse, **values)


def _captions(desk: Desk, request: Request) -> Response:
    return PlainTextResponse(
        captions_of(desk, *_whose(request), request.query_params.get("shape")), media_type="text/vtt"
    )


def _pulse(desk: Desk, request: Request) -> Response:
    return JSONResponse(pulse_of(desk, *_whose(request)).model_dump())


def _models(desk: Desk, request: Request) -> Response:
    whose = (*_whose(request), request.path_params["segment"])
    pulse = models_pulse(desk, *whose)
    return _followed(request, "models.html", pulse, shown=models_of(desk, *whose), show=desk.show().title)


def _models_pulse(desk: Desk, request: Request) -> Response:
    return JSONResponse(models_pulse(desk, *_whose(request), request.path_params["segment"]).model_dump())


def _prices(desk: Desk, request: Request) -> Response:
    found = prices_of(desk, *_whose(request), request.query_params.get("segment"))
    return JSONResponse({name: price.model_dump() for name, price in found.items()})
