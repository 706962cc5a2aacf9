"""Lints a whole episode: its turns, the characters who are in it, their pictures, and its shots.

Every finding has its place: the turn's line in the episode file, or the setting's line in `show.yaml`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from resources.content.lines.speech import estimate_seconds, sentences
from resources.content.loader import show_marks
from resources.content.segments import PlacedShot, Script, Turn
from resources.content.settings.characters import Character
from resources.content.shots import is_file
from resources.content.show import Show
from resources.core.errors import ContentError, MediaError
from resources.core.names import Mode
from resources.media import layouts
from resources.media.audio.pieces import pieces_of
from resources.media.picture.entry.door import look_at
from resources.media.probe import video_facts
from resources.models import speakers
from resources.models.casting import models_of
from resources.models.catalogue import Endpoint, Kind, MediaFacts, registry
from resources.models.endpoints import ids
from resources.models.prices import FILE as PRICES_FILE
from resources.models.prices import PriceList
from resources.models.prompts import builders
from resources.models.prompts.book import Book, load_book
from resources.models.prompts.performance import speaking_prompt
from resources.quality.lint import picture_rules, text_rules
from resources.quality.lint.cast_rules import check_cast, check_place
from resources.quality.lint.drawn_rules import check_drawn
from resources.quality.lint.finding import Finding, Report
from resources.quality.lint.linted_episode import Episode, Looked
from resources.quality.lint.picture_rules import Picture
from resources.quality.lint.request_rules import lint_shot
from resources.quality.lint.show_rules import check_show
from resources.quality.lint.spoken_rules import check_spoken
from resources.quality.lint.text_rules import Prompt, Role

_TAG = re.compile(r"\[[^\[\]]+\]")
_MASK = ("mask", "masked", "helmet", "visor")
_MASKED_PUPPET = "ninja"
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif")


def lint_script(
    show: Show,
    script: Script,
    show_folder: Path,
    *,
    book: Book | None = None,
    said: Mapping[int, Sequence[str]] | None = None,
    modes: Collection[Mode] | None = None,
    prices: PriceList | None = None,
    looked: Looked | None = None,
    segments: Collection[str] | None = None,
) -> list[Finding]:
    """Everything that is wrong with an episode, errors first. `show` is of `show_folder`, whose files are read.

    `said` has the lines of its turns as they are written, by the line of each label; without it those are not judged.
    `segments` are those that are judged: all without it. `modes` are the paid modes that it is judged for: without them
    those that the show has models for. What was `looked` at before is not looked at again. Raises ContentError for a
    `prompts.yaml` or a layout that does not exist as written.
    """
    report = Report(book or load_book(show_folder))
    chosen = [each for each in script.segments if segments is None or each.segment in segments]
    episode = Episode(
        show=show,
        script=script.model_copy(update={"segments": tuple(chosen)}),
        whole=script,
        folder=show_folder,
        report=report,
        marks=show_marks(show_folder),
        modes=list(show.models) if modes is None else modes,
        prices=prices or PriceList.load(show_folder / PRICES_FILE),
        said=said or {},
        looked=looked or Looked(),
    )
    check_spoken(episode)
    check_drawn(episode)
    check_show(episode)
    for turn in episode.script.turns:
        report.segment = turn.segment
        _speaker(turn, episode)
        for label in turn.listeners:
            _listener(label, turn, episode)
        _voice(turn, episode)
        check_cast(turn, episode)
    for placed in episode.script.shots:
        report.segment = placed.segment
        _shot(placed, episode)
        check_place(placed, episode)
    return sorted(report.findings, key=lambda finding: finding.severity)


def _speaker(turn: Turn, episode: Episode) -> None:
    character = episode.show.characters[turn.speaker]
    prompt = ("characters", turn.speaker, "speaking", "prompt")
    where = episode.at_turn(turn) if turn.acting else episode.at_setting(*prompt)
    text = speaking_prompt(character, turn.acting)
    text_rules.check(Prompt(text, Role.SPEAKER, Kind.AVATAR, where), episode.report)
    for model, where in _speaker_models(turn, character, episode):
        entry = _model(model, (Kind.AVATAR,), where, episode.report)
        if entry is None:
            continue
        _length(turn, entry, episode)
        if "prompt" not in entry.settings() and (turn.acting or episode.written(*prompt)):
            episode.report.add(
                "setting-ignored",
                episode.at_turn(turn) if turn.acting else episode.at_setting(*prompt),
                f"{entry.name} takes no prompt: how {character.name} performs is not read",
                "choose a model with a prompt, or leave the prompt out",
            )
        if entry.id == ids.OMNIHUMAN and _is_masked(character):
            episode.report.add(
                "mask-omnihuman", where, f"OmniHuman paints a mouth on {character.name}'s mask", "use Avatar v2 Pro"
            )
    _portrait(turn.speaker, turn, True, episode)


def _speaker_models(turn: Turn, character: Character, episode: Episode) -> Iterator[tuple[str, str]]:
    """Each model that would speak this turn, in any paid mode, and where it was chosen."""
    if turn.model is not None:
        yield turn.model, episode.at_turn(turn)
    elif character.speaking.model is not None:
        yield character.speaking.model, episode.at_setting("characters", turn.speaker, "speaking", "model")
    else:
        for mode in episode.modes:
            if models := models_of(episode.show, mode):
                yield models.speaker, episode.at_setting("models", mode.value, "speaker")


def _model(model: str, kinds: tuple[Kind, ...], where: str, report: Report) -> Endpoint | None:
    try:
        entry = registry.get(model)
    except ContentError as error:
        report.add("model-unknown", where, error.what, error.hint or "")
        return None
    if entry.kind in kinds:
        return entry
    known = ", ".join(found.id for found in registry.by_kind(*kinds))
    report.add("model-unknown", where, f"{entry.name} is {entry.kind.value} and cannot do this", f"use one of {known}")
    return None


def _length(turn: Turn, entry: Endpoint, episode: Episode) -> None:
    rate = episode.show.characters[turn.speaker].voice.offline.rate
    seconds = estimate_seconds(turn.spoken, rate)
    if seconds <= speakers.option(entry.id).span().least:
        return  # a short voice is padded with silence
    try:
        speakers.taking(entry.id, seconds)
    except ContentError as refusal:
        lengths = [estimate_seconds(sentence, rate) for sentence in sentences(turn.spoken)]
        count = pieces_of(lengths, seconds, speakers.longest(entry.id).span().most)
        way = f"it is made in {count} pieces" if count else "its sentences cannot be cut to fit"
        episode.report.add(
            "turn-long",
            episode.at_turn(turn),
            f"this turn speaks for about {seconds:.0f} s, and {entry.name} takes {speakers.lengths(entry)}: {way}",
            ("leave it so, or " if count else "") + (refusal.hint or ""),
        )


def _is_masked(character: Character) -> bool:
    return character.puppet == _MASKED_PUPPET or bool(text_rules.found(_MASK, character.speaking.prompt))


def _listener(label: str, turn: Turn, episode: Episode) -> None:
    character, place = episode.show.characters[label], ("characters", label, "listening")
    listening = character.listening
    mood = listening.moods.get(turn.mood) if turn.mood else None
    where = episode.at_setting(*place, "moods", str(turn.mood)) if mood else episode.at_setting(*place, "prompt")
    prompt = builders.sentences(listening.prompt, mood)
    negative: str | None = None if episode.modes else listening.negative_prompt
    for mode in episode.modes:
        if (models := models_of(episode.show, mode)) is None:
            continue
        entry = _model(
            models.listener,
            (Kind.IMAGE_TO_VIDEO,),
            episode.at_setting("models", mode.value, "listener"),
            episode.report,
        )
        if entry is not None and "negative_prompt" in entry.settings():
            negative = listening.negative_prompt
        elif entry is not None and episode.written(*place, "negative_prompt"):
            episode.report.add(
                "setting-ignored",
                episode.at_setting(*place, "negative_prompt"),
                f"{entry.name} has no negative prompt",
                "say in the prompt what is wanted, or choose another listener",
            )
    text_rules.check(Prompt(prompt, Role.LISTENER, Kind.IMAGE_TO_VIDEO, where, negative), episode.report)
    _portrait(label, turn, False, episode)


def _portrait(label: str, turn: Turn, speaking: bool, episode: Episode) -> None:
    character = episode.show.characters[label]
    camera = episode.show.cameras.get(turn.camera) if turn.camera else None
    angle = camera.angle if camera and speaking and camera.angle in character.angles else None
    path = character.angles[angle] if angle else character.image
    if path is None:
        return  # a puppet: there is no picture to send
    name = (camera and camera.layout) or episode.show.look.layouts[episode.script.format]
    shape = layouts.arrangement(layouts.fitting(name, 1 + len(turn.listeners)), episode.script.format)
    pane = shape.pane(speaking=speaking)
    if pane is None:
        return
    where = episode.at_setting("characters", label, *(("angles", angle) if angle else ("image",)))
    picture = episode.picture(episode.folder / path, where)
    if picture is not None:
        picture_rules.check_portrait(picture, (pane.area.width, pane.area.height), where, episode.report)
        prompt = character.speaking.prompt if speaking else character.listening.prompt
        picture_rules.check_form(prompt, picture, where, episode.report)
        if path not in episode.looked.prepared:
            episode.looked.prepared.add(path)
            picture_rules.check_prepared(
                episode.folder / path,
                episode.script.format.clip_size,
                where,
                episode.report,
                faces=episode.looked.faces,
            )


def _voice(turn: Turn, episode: Episode) -> None:
    voice = episode.show.characters[turn.speaker].voice.elevenlabs
    if voice is None:
        return
    tag = _TAG.search(turn.performance)
    if tag and voice.model not in ids.ACTING_VOICES:
        episode.report.add(
            "setting-ignored",
            episode.at_turn(turn),
            f"{voice.model} does not perform {tag[0]}: it is left out",
            "use eleven_v3, or delete the tag",
        )
    if voice.speed is not None and voice.model in ids.ACTING_VOICES:  # docs/sources/elevenlabs.md#v3
        episode.report.add(
            "setting-ignored",
            episode.at_setting("characters", turn.speaker, "voice", "elevenlabs", "speed"),
            f"{voice.model} takes speed without effect",
            "leave it out, or use another voice model",
        )


def _shot(placed: PlacedShot, episode: Episode) -> None:
    where = episode.at_line(placed.line)
    measured: dict[str, Picture | MediaFacts] = {}
    for slot, reference in placed.shot.needs().items():
        if not is_file(reference):
            continue
        path = episode.folder / reference
        found = (
            episode.picture(path, where) if path.suffix.lower() in _PICTURE_SUFFIXES else _video(path, where, episode)
        )
        if found is not None:
            measured[slot] = found
    episode.report.take(
        lint_shot(placed.shot, where=where, format=episode.script.format, book=episode.report.book, measured=measured)
    )


def _video(path: Path, where: str, episode: Episode) -> MediaFacts | None:
    try:
        look_at(path)
        facts = video_facts(path)
    except MediaError as error:
        episode.report.add("file-unfit", where, f"{error.what}: {path.name}", "give an MP4 that plays", error.why or "")
        return None
    return MediaFacts(
        suffix=path.suffix.lower(),
        size=path.stat().st_size,
        seconds=facts.seconds,
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
    )
