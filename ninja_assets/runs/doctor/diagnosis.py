"""What a run needs, checked one by one. Each finding says how to mend it; nothing is changed and nothing is sent."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from ninja_assets.runs.doctor.doctor_finding import Finding, Health
from ninja_assets.runs.doctor.shared import look_at_shared
from ninja_assets.runs.home import SETTINGS_FILE, dagster_home, missing_settings
from ninja_assets.runs.instance_file import keeps_elsewhere
from resources.content.script import list_episodes, list_misnamed_files
from resources.content.settings.characters import Character, OfflineVoice, Voices
from resources.content.show import CAPS_HINT, Show
from resources.core.errors import NinjaError
from resources.core.library import Library
from resources.core.names import DEFAULT_SHOW, SHOW_FILE, Mode
from resources.core.settings import Settings
from resources.core.text.env_file import env_file, is_private
from resources.core.values import Cell
from resources.failures import Provider
from resources.media import ffmpeg
from resources.media.trial import unfit
from resources.models.loading import load_script, load_show
from resources.models.prices.price_values import usd
from resources.providers.offline import hibari
from resources.providers.offline.offline_voice import OfflineVoiceStudio
from resources.purchasing.books import find_ledger
from resources.purchasing.gate import judge_episode
from resources.purchasing.ledger import Entry, State
from resources.purchasing.ledger.tables.entry import NOBODYS
from resources.purchasing.requests.briefs import VoiceBrief
from resources.purchasing.state.place import is_own, sqlite_file
from resources.quality.lint import Ground, check_access, check_places
from resources.quality.lint.environment_rules import KEYS, key_of
from resources.quality.lint.table import RULES

_LEAST_FREE_BYTES = 2_000_000_000  # an hour of segments at production quality


def examine(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Look at everything, in the order in which a run would stumble over it."""
    yield _found("python", lambda: f"{sys.version.split()[0]} at {sys.executable}")
    yield _command(environment)
    yield from _env_file({**environment, "NINJA_SHOW": str(settings.show)})
    yield _found("ffmpeg", _ffmpeg)
    yield _found("offline voice", _voice)
    yield _neural_voice()
    yield _found("output folder", lambda: _writable(settings.output))
    yield _found("dagster home", lambda: _home(environment))
    yield from _settings(environment)
    wrong = check_places(settings, environment)
    for found in wrong:
        yield Finding(name=found.where, health=Health.BAD, detail=found.message, hint=found.hint)
    yield from look_at_shared(settings, environment, besides={found.where for found in wrong})
    yield _found("show.yaml", lambda: _show(load_show(settings.show)))
    try:
        show = load_show(settings.show)
    except NinjaError:
        return
    yield from _named(settings, show)
    yield from _episodes(settings, show)
    yield from _paid(show, environment)
    yield from _ledger(settings, show)


def _named(settings: Settings, show: Show) -> Iterator[Finding]:
    """Whether a show is told apart in a database of several."""
    if show.id == DEFAULT_SHOW and not is_own(settings):
        detail = "no `id:`, by which the shows of a shared database are told apart"
        hint = f"before another show uses that database, add to {settings.show / SHOW_FILE}: id: name-of-this-show"
        yield Finding(name="show id", health=Health.NOTE, detail=detail, hint=hint)


def _found(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, health=Health.GOOD, detail=look())
    except NinjaError as error:
        return _trouble(name, error)
    except OSError as error:
        return Finding(name=name, health=Health.BAD, detail=str(error), hint="check the path and its permissions")


def _trouble(name: str, error: NinjaError) -> Finding:
    where = f"{error.where}: " if error.where else ""
    why = f" ({error.why})" if error.why else ""
    return Finding(name=name, health=Health.BAD, detail=f"{where}{error.what}{why}", hint=error.hint or "")


def _command(environment: Mapping[str, str]) -> Finding:
    """Which program answers to `ninja`: on many machines a build tool does."""
    found = shutil.which("ninja", path=environment.get("PATH", ""))
    own = Path(sys.executable).parent / "ninja"
    if found is None:
        return Finding(name="command", health=Health.GOOD, detail=f"`ninja` is not on PATH; it is {own}")
    if Path(found).resolve() == own.resolve():
        return Finding(name="command", health=Health.GOOD, detail=f"`ninja` is {found}")
    hint = "call it ninja-assets, which is the same command"
    return Finding(name="command", health=Health.NOTE, detail=f"`ninja` is another program: {found}", hint=hint)


def _env_file(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Where keys and settings are read from; silent where there is no such file."""
    file = env_file(environment)
    if file is not None:
        private = is_private(file)
        yield Finding(
            name=".env",
            health=Health.GOOD if private else Health.NOTE,
            detail=f"{file}" if private else f"{file} can be read by others on this machine",
            hint="" if private else f"chmod 600 {file}",
        )


def _settings(environment: Mapping[str, str]) -> Iterator[Finding]:
    """How Dagster looks after runs that died or failed; silent where its settings say so, or cannot be read."""
    with suppress(NinjaError):
        file = dagster_home(dict(environment)) / SETTINGS_FILE
        if lines := missing_settings(file.parent):
            detail = f"{file} does not say how runs that died or failed are looked after"
            yield Finding(name=SETTINGS_FILE, health=Health.NOTE, detail=detail, hint=f"add to it:\n{lines}")


def _ffmpeg() -> str:
    program = ffmpeg.executable()
    if why := unfit(program):
        given = "unset IMAGEIO_FFMPEG_EXE: the project brings its own" if ffmpeg.own() else "install a full build of it"
        raise NinjaError(f"pictures cannot be made with {program}", why=why, hint=given)
    return ffmpeg.says("-version").split("\n", 1)[0].removeprefix("ffmpeg version ").split(" Copyright")[0]


def _voice() -> str:
    with tempfile.TemporaryDirectory(prefix="ninja-doctor-") as folder:
        voice = OfflineVoiceStudio(Library(folder, durable=False)).speak(
            VoiceBrief(
                cell=Cell(episode="doctor", segment="s01", mode=Mode.REHEARSAL),
                label="DOCTOR",
                character=Character(name="Doctor", puppet="ninja", voice=Voices(offline=OfflineVoice(voice="espeak"))),
                performance="Say ninja.",
                spoken="Say ninja.",
                take=1,
                language="en",
            )
        )
    return f"{voice.receipt.endpoint} speaks ({voice.seconds:.2f} s for two words)"


def _neural_voice() -> Finding:
    """Who speaks English in rehearsals: without the neural voice they still run, by eSpeak NG."""
    missing = hibari.unavailable()
    return Finding(
        name="neural voice",
        health=Health.GOOD if missing is None else Health.NOTE,
        detail=f"{hibari.ENDPOINT} {hibari.engine_version()} speaks English"
        if missing is None
        else f"{hibari.ENDPOINT} cannot be loaded ({missing}): eSpeak NG speaks English too",
        hint="" if missing is None else "python -m pip install --force-reinstall hibari-tts onnxruntime",
    )


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder):
        free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_BYTES:
        raise NinjaError(
            f"only {free / 1e9:.1f} GB free", where=str(folder), hint="free some space, or move NINJA_OUTPUT elsewhere"
        )
    return f"{folder}, {free / 1e9:.0f} GB free"


def _home(environment: Mapping[str, str]) -> str:
    home = dagster_home(dict(environment))
    if keeps_elsewhere(home / SETTINGS_FILE):
        return f"{home}, where nothing is written: {SETTINGS_FILE} keeps runs and their logs elsewhere"
    return _writable(home)


def _show(show: Show) -> str:
    return f"{show.title}: {', '.join(show.characters)}; {show.slots} segments an episode"


def _episodes(settings: Settings, show: Show) -> Iterator[Finding]:
    folder = settings.show
    names = list_episodes(folder)
    if not names:
        hint = f"write {folder}/episodes/first.md"
        yield Finding(name="episodes", health=Health.BAD, detail="there is none", hint=hint)
    for name in names:
        yield _found(f"episode {name}", partial(_episode, folder, show, name))
        yield from _refused(settings, name)
    for file in list_misnamed_files(folder):
        hint = "name it with a-z, 0-9, '.', '_' and '-' only, such as 2026-11-20.md"
        detail = "its name cannot be an episode's"
        yield Finding(name=f"file {file.name}", health=Health.NOTE, detail=detail, hint=hint)


def _episode(folder: Path, show: Show, name: str) -> str:
    script = load_script(folder, show, name)
    words = sum(turn.words for turn in script.turns)
    shots = f", {len(script.shots)} shot{'s' * (len(script.shots) != 1)}" if script.shots else ""
    turns = f"{len(script.turns)} turn{'s' * (len(script.turns) != 1)}"
    return f"{turns}, {words} word{'s' * (words != 1)}{shots}, {', '.join(script.formats)}: {script.title}"


def _refused(settings: Settings, name: str) -> Iterator[Finding]:
    """What the gate would refuse of an episode that can be rehearsed: as the linter tells it."""
    errors = judge_episode(settings.in_mode(Mode.REHEARSAL), name).errors
    content = [found for found in errors if RULES[found.rule].ground not in (Ground.FILES, Ground.PLACES)]
    if content:
        detail = f"draft and final would refuse it: {', '.join(dict.fromkeys(found.rule for found in content))}"
        yield Finding(name=f"episode {name}", health=Health.NOTE, detail=detail, hint=f"ninja lint {name}")


def _ledger(settings: Settings, show: Show) -> Iterator[Finding]:
    """What was paid for, or may have been, and has not come; and who takes no new requests. Silent when all is well."""
    try:
        ledger = find_ledger(settings, show)
    except NinjaError as error:
        if sqlite_file(settings.ledger_url) is not None:  # a database elsewhere was tried above
            yield _trouble("ledger", error)
        return
    if ledger is None:
        return
    with closing(ledger):
        lost = [str(entry.id) for entry in ledger.rows(states=[State.UNKNOWN])]
        taken = ledger.rows(states=[State.SUBMITTED])
        locks = {provider: why for provider in Provider if (why := ledger.locked(provider))}
    if lost:
        detail = f"whether {'it was' if len(lost) == 1 else 'they were'} charged is not known: entry {', '.join(lost)}"
        yield Finding(name="lost requests", health=Health.NOTE, detail=detail, hint="ninja ledger --state unknown")
    yield from _taken([entry for entry in taken if entry.cell.episode != NOBODYS])
    if nobodys := [entry for entry in taken if entry.cell.episode == NOBODYS]:
        detail = f"adopted by reconciling, and wanted by no run: entry {', '.join(str(entry.id) for entry in nobodys)}"
        hint = f"whoever wants it collects it; of one that nobody wants: ninja ledger settle {nobodys[0].id} charged"
        yield Finding(name="adopted", health=Health.NOTE, detail=detail, hint=hint)
    for provider, why in locks.items():
        hint = f"mend the account, then: ninja ledger unlock {provider}"
        yield Finding(name=f"{provider} is locked", health=Health.NOTE, detail=why, hint=hint)


def _taken(entries: Sequence[Entry]) -> Iterator[Finding]:
    """What was taken by a provider and is not here. A run collects what the script still asks for, and no more."""
    if not entries:
        return
    cells = ", ".join(dict.fromkeys(f"{entry.cell.episode} {entry.cell.segment}" for entry in entries))
    again = dict.fromkeys(f"ninja produce {entry.cell.episode} --mode {entry.cell.mode}" for entry in entries)
    detail, hint = f"paid for and not collected: {cells}", f"to collect: {'; '.join(again)}"
    hint += f"; of what no script asks for any more: ninja ledger settle {entries[0].id} charged"
    yield Finding(name="under way", health=Health.NOTE, detail=detail, hint=hint)


def _paid(show: Show, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What draft and final need on top. A key is looked for, never shown."""
    wrong = {found.where: found for found in check_access(environment)}
    for provider, names in KEYS.items():
        found, name = key_of(environment, names), f"{provider} key"
        problem = wrong.pop(found or names[0], None)
        if problem is None:
            yield Finding(name=name, health=Health.GOOD, detail=f"set in {found}")
        else:
            detail = problem.message if found else "not set: rehearsal works, draft and final do not"
            yield Finding(name=name, health=Health.NOTE, detail=detail, hint=problem.hint)
    for problem in wrong.values():
        yield Finding(name=problem.where, health=Health.NOTE, detail=problem.message, hint=problem.hint)
    yield Finding(
        name="caps",
        health=Health.GOOD if show.caps else Health.NOTE,
        detail=(
            f"{usd(show.caps.segment_usd)} a segment, {usd(show.caps.episode_usd)} an episode, "
            f"{usd(show.caps.day_usd)} a day" + (f", {usd(show.caps.month_usd)} a month" if show.caps.month_usd else "")
            if show.caps
            else "not set: draft and final are refused"
        ),
        hint="" if show.caps else CAPS_HINT,
    )
