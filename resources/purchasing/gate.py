"""The gate: everything that files, environment and catalogue tell before the first request, by one function.

`judge` is asked alike by lint, doctor, quote, the schedule, the sensors, a run of any door, and a comparison. The rules
are `quality.lint`'s; which of them stop, and for which segments, is decided here. A paid run is refused while there are
errors; a rehearsal costs nothing, and shows as warnings what a paid mode would refuse.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from resources.content.script import WrittenScript
from resources.content.segments import Script, Segment
from resources.content.show import Show
from resources.core.errors import ContentError, MediaError, NinjaError, without_login
from resources.core.names import SHOW_FILE, Mode, episode_file
from resources.core.settings import Settings, is_local
from resources.core.text.diagnostics import shown_path
from resources.models.loading import load_show, load_written
from resources.models.prices import FILE as PRICES_FILE
from resources.models.prices import PriceList
from resources.models.prompts.book import Book, load_book
from resources.purchasing.show_prices import open_prices
from resources.quality.lint import (
    RULES,
    Finding,
    Looked,
    Severity,
    check_access,
    check_notify,
    check_places,
    check_programs,
    findings_of,
    lint_script,
)


@dataclass(frozen=True)
class Judgement:
    """What was found of an episode, errors first. `mode`: the one that it was judged for."""

    episode: str
    mode: Mode
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """What a paid mode refuses."""
        return [found for found in self.findings if found.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Finding]:
        """What only shows."""
        return [found for found in self.findings if found.severity is Severity.WARNING]

    @property
    def stops(self) -> list[Finding]:
        """What stops a run of this mode: every error; in a rehearsal, only what it could not be made without."""
        return [found for found in self.errors if self.mode.paid or RULES[found.rule].stops_rehearsals]

    def refuse(self) -> None:
        """Raise one ContentError that tells all that stops a run."""
        refuse_errors(self.stops, self.episode, self.mode)

    def shown(self) -> list[Finding]:
        """What is shown of a run that goes on: in a rehearsal as warnings, what a paid mode would refuse."""
        return [found.as_warning() for found in self.findings]


def judge(
    settings: Settings,
    show: Show,
    written: WrittenScript | Script,
    *,
    segments: Collection[str] | None = None,
    environment: Mapping[str, str] | None = None,
    quoted: bool = True,
    faces: bool | None = None,
) -> Judgement:
    """Everything that is wrong with an episode in the mode of `settings`.

    Only what concerns `segments` (None: all), and what they are made from, is an error; the rest is a warning. Keys and
    addresses are judged in a paid mode by `environment`; without one they are not. With `quoted`, the price of the
    segments in a paid mode is held against the caps. `faces`: look for faces in portraits, which takes most of a
    second; None: where the mode is paid. Raises ContentError for a price list or a `prompts.yaml` that cannot be read.
    """
    script, said = (written, {}) if isinstance(written, Script) else (written.script, written.said)
    modes, book = _modes(settings, show), load_book(settings.show)
    places = [*check_places(settings, environment or os.environ), *check_programs(environment or os.environ)]
    nowhere = any(found.rule == "ledger-unusable" for found in places)
    prices = PriceList.load(settings.show / PRICES_FILE) if nowhere else open_prices(settings, show)
    inside = scope(script, segments)
    looked = Looked(faces=settings.mode.paid if faces is None else faces)

    def lint(judged: Collection[Mode], chosen: Collection[str] | None) -> list[Finding]:
        found = lint_script(
            show,
            script,
            settings.show,
            book=book,
            said=said,
            modes=judged,
            prices=prices,
            looked=looked,
            segments=chosen,
        )
        return [*found, *unpriced(settings, script, judged, chosen, prices, book)]

    findings = lint(modes, inside)
    if len(inside) < len(script.segments) or set(modes) != set(show.models):
        everywhere = {*modes, *show.models}
        findings += [found.as_warning() for found in lint(everywhere, None) if not _is_known(found, findings)]
    findings += [*places, *missing_buckets(settings, {found.where for found in places})]
    findings += check_notify(show, settings.show, environment or os.environ)
    if settings.mode.paid:
        findings += _paid(settings, show)
        findings += [] if environment is None else check_access(environment)
        if quoted and not any(found.severity is Severity.ERROR for found in findings):
            findings += over_caps(settings, show, script, inside)
    return Judgement(script.episode, settings.mode, tuple(sorted(findings, key=lambda found: found.severity)))


def missing_buckets(settings: Settings, known: Collection[str] = ()) -> list[Finding]:
    """The settings that name a bucket which is not there: the library's, and where a paid run publishes at its end.

    Asked once in a process; those of the settings that are `known` to be of no use are not. A server that does not
    answer is no finding: it may have come back when it is needed.
    """
    named = {"NINJA_LIBRARY": settings.library, "NINJA_PUBLISH": settings.publish if settings.mode.paid else ""}
    found: list[Finding] = []
    for setting, address in named.items():
        if is_local(address) or setting in known:
            continue
        from resources.core.library.object_store import shared_store  # noqa: PLC0415  (0.2 s that a folder does not need)

        try:
            shared_store(address, setting).check_bucket()
        except MediaError as error:
            message = f"{error.what} ({without_login(address)})"
            found.append(Finding.of("library-unusable", setting, message, error.hint or ""))
    return found


def judge_episode(settings: Settings, episode: str, *, environment: Mapping[str, str] | None = None) -> Judgement:
    """The same of an episode by its name, its price aside; files that cannot be read are found too."""
    try:
        show = load_show(settings.show)
        written = load_written(settings.show, show, episode)
        return judge(settings, show, written, environment=environment, quoted=False)
    except NinjaError as error:
        return Judgement(episode, settings.mode, tuple(findings_of(error)))


def scope(script: Script, segments: Collection[str] | None) -> frozenset[str]:
    """Segments, what they are made from, near and far, and the shots that are seen over them. None: all."""
    if segments is None:
        return frozenset(each.segment for each in script.segments)
    found: set[str] = set()
    waiting: list[Segment] = [each for each in script.segments if each.segment in segments]
    while waiting:
        one = waiting.pop()
        if one.segment not in found:
            found.add(one.segment)
            waiting += [*script.made_from(one).values(), *script.shots_over(one.segment)]
    return frozenset(found)


def unpriced(
    settings: Settings,
    script: Script,
    modes: Collection[Mode],
    segments: Collection[str] | None,
    prices: PriceList,
    book: Book,
) -> list[Finding]:
    """The shots whose model has no price, with the lines to add."""
    if not script.shots:
        return []
    from resources.purchasing.requests.shot_requests import drafted  # noqa: PLC0415  (it opens the ledger's library)

    found: list[Finding] = []
    for placed in script.shots:
        if segments is not None and placed.segment not in segments:
            continue
        for mode in modes:
            try:
                made = drafted(placed.shot, mode, script.format, {}, book)
                prices.price(made.endpoint.id, made.endpoint.variant(made.arguments))
            except ContentError as error:
                where = f"{shown_path(episode_file(settings.show, script.episode))}:{placed.line}"
                why, segment = error.why or "", placed.segment
                found.append(Finding.of("price-missing", where, error.what, error.hint or "", why=why, segment=segment))
    return list(dict.fromkeys(found))


def lint_command(episode: str, mode: Mode) -> str:
    """What shows all that is found of an episode in a mode: what money alone stops is found in its own mode only."""
    return f"ninja lint {episode}" + (f" --mode {mode}" if mode.paid else "")


def refuse_errors(errors: Sequence[Finding], episode: str, mode: Mode) -> None:
    """Raise one ContentError that tells every error, if there is any: each is a part of it."""
    if not errors:
        return
    parts = [found.as_error() for found in errors]
    if len(parts) == 1:
        raise parts[0]
    messages = "\n".join(f"{found.where}: {found.message} [{found.rule}]; {found.hint}" for found in errors)
    raise ContentError(
        f"{len(errors)} errors: nothing is bought before they are mended\n{messages}",
        where=errors[0].where,
        hint=lint_command(episode, mode),
        parts=parts,
    )


def _modes(settings: Settings, show: Show) -> list[Mode]:
    """The paid modes that are judged: the run's own; in a rehearsal, those that the show has models for."""
    return [settings.mode] if settings.mode.paid else [mode for mode in show.models if mode.paid]


def _is_known(found: Finding, findings: Iterable[Finding]) -> bool:
    return any((one.rule, one.where, one.message) == (found.rule, found.where, found.message) for one in findings)


def _paid(settings: Settings, show: Show) -> list[Finding]:
    """What a paid mode needs of the show at all: models and caps."""
    from resources.purchasing.books import paid_models  # noqa: PLC0415  (it opens the ledger's library)

    try:
        paid_models(show, settings)
    except ContentError as error:
        return findings_of(error)
    return []


def over_caps(settings: Settings, show: Show, script: Script, segments: Collection[str] | None = None) -> list[Finding]:
    """What the segments (None: all) would cost now, held against the caps with what was spent before."""
    from resources.purchasing.episode_quote import quote_episode  # noqa: PLC0415  (as above)

    try:
        quote = quote_episode(settings, show, script, segments=segments)
    except NinjaError as error:
        return findings_of(error)
    where = shown_path(settings.show / SHOW_FILE)
    hint = f"raise the cap, or make less: ninja quote {script.episode} --mode {settings.mode}"
    return [Finding.of("caps-broken", where, warning, hint) for warning in quote.warnings]
