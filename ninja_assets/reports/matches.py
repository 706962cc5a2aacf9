"""One segment by several speaker models: an A/B test. Each clip is bought once, through the ledger.

Voice and picture are the segment's own, so a clip that an episode bought with a model is reused here, and an episode
that chooses a model later reuses what was bought here. A rehearsal compares puppets with themselves: it shows what the
page will be and what the models would cost, for $0.
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ninja_assets.cells.cut_off import once_more
from ninja_assets.cells.record.records import Records, digest_of
from ninja_assets.cells.work import as_recorded
from ninja_assets.cut.gates import mouth_of
from resources.content.segments import Script, Turn
from resources.content.show import ModeModels, Show
from resources.core.errors import CapError, ContentError, NinjaError
from resources.core.files import write_text
from resources.core.library import Library
from resources.core.names import (
    EPISODE_ASSETS,
    SPEAKER_CLIPS,
    TTS_AUDIO,
    UPLOADED_URLS,
    CellKey,
    episode_folder,
    segment_number,
    voice_file,
)
from resources.core.settings import Settings
from resources.core.values import VoiceTrack, sum_usd
from resources.deliver.comparison_page import Comparison, Contender, comparison_page
from resources.media.audio.pieces import sentence_seconds
from resources.models import catalogue, speakers
from resources.models.loading import load_script, load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import open_context, open_ledger
from resources.purchasing.episode_quote import over_caps
from resources.purchasing.gate import judge
from resources.purchasing.other_models import asked as asked_by
from resources.purchasing.requests.briefs import Uploads
from resources.purchasing.requests.clip_requests import expected_speaker
from resources.purchasing.requests.quotes import Quote
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import SegmentRequests
from resources.purchasing.requests.turn_requests import TurnRequests
from resources.purchasing.state.state import ShowState
from resources.quality.checks.clip_checks import measure_lips
from resources.quality.lint import Finding
from resources.studio import Studio

FOLDER = "compare"
FOR_ALL = EPISODE_ASSETS[: EPISODE_ASSETS.index(UPLOADED_URLS) + 1]  # what every model is given: voice and pictures


@dataclass(frozen=True)
class Match:
    """A checked comparison: the segment is there, and so are the models. `cap_usd`: the most that it may spend."""

    settings: Settings
    show: Show
    script: Script
    segment: str
    models: tuple[str, ...]
    cap_usd: float | None = None
    warnings: Sequence[Finding] = ()  # the linter's, of the turn under each model, in a paid mode

    @property
    def key(self) -> CellKey:
        """The cell whose voice and picture are used."""
        return CellKey(self.script.episode, self.segment)

    def turn(self, model: str | None = None) -> Turn:
        """The segment's turn, spoken by a model."""
        turn = self.script.turn(self.segment)
        return turn if model is None else turn.model_copy(update={"model": model})


@dataclass(frozen=True)
class MatchQuote:
    """What a comparison would cost now. `exact`: by the measured voice."""

    seconds: float
    voice_usd: float
    speakers: Mapping[str, Sequence[Quote]]  # by model

    @property
    def total_usd(self) -> float:
        """All that is to be bought."""
        return round(self.voice_usd + sum(map(self.model_usd, self.speakers)), 6)

    @property
    def exact(self) -> bool:
        """Whether the voice is there to be measured."""
        return all(quote.exact for quotes in self.speakers.values() for quote in quotes)

    def model_usd(self, model: str) -> float:
        """What a model's clip would cost now."""
        return sum(quote.usd for quote in self.speakers[model])


def check_match(
    settings: Settings, episode: str, segment: str, models: Sequence[str], *, cap_usd: float | None = None
) -> Match:
    """Check what was asked for, before anything is started. `models` may be parts of names. Raises ContentError.

    The linter looks at the turn under each model: its errors stop a paid mode, its warnings are in `warnings`.
    """
    found = tuple(dict.fromkeys(speakers.named(model).id for model in models))
    if len(found) < 2:
        raise ContentError(
            f"{len(found)} model cannot be compared" if found else "no models were named",
            where="models",
            hint="name two or more, such as v2/standard,v2/pro: `ninja models --kind avatar` lists them",
        )
    if cap_usd is not None and not 0 <= cap_usd < math.inf:  # no price is over `nan`
        raise ContentError(
            f"{cap_usd} is no price", where="--cap", hint="name the most to spend in US dollars: --cap 5"
        )
    show = load_show(settings.show)
    script = load_script(settings.show, show, episode)
    segment_number(segment)
    script.turn(segment)  # speaker models are compared by a turn
    match = Match(settings, show, script, segment, found, cap_usd)
    if not settings.mode.paid:
        return match
    scripts = [script.model_copy(update={"segments": (match.turn(model),)}) for model in found]
    warned: dict[Finding, None] = {}
    for one in scripts:
        judged = judge(settings, show, one, quoted=False)
        judged.refuse()
        warned |= dict.fromkeys(judged.warnings)
    return replace(match, warnings=tuple(warned))


def compared(match: Match, studio: Studio) -> tuple[Comparison, Path]:
    """Make the clips side by side, measure them and write the page; returns what is on it, and where it is.

    The exact price of the clips is held against the caps first. What a model fails at is told in its row and stops no
    other. Raises NinjaError for what stops all of it: over a cap, or without the segment's voice and pictures.
    """
    check_voice(match.script, match.segment, Records(studio.state, match.settings.output, studio.mode))
    check_caps(match)
    comparison = _compared(match, studio, _make(match, studio))
    page = page_of(match.settings, match.key)
    write_text(page, comparison_page(comparison))
    return comparison, page


def check_voice(script: Script, segment: str, records: Records) -> None:
    """Raise ContentError unless a segment's voice and pictures are made, of the words that its file has now."""
    key = CellKey(script.episode, segment)
    for asset, kind in ((TTS_AUDIO, VoiceTrack), (UPLOADED_URLS, Uploads)):
        records.read(asset, key, kind)
    if digest_of(records.script(script.episode).turn(segment)) != digest_of(script.turn(segment)):
        raise ContentError(
            f"the voice of {segment} is of other words than {script.episode} has now",
            hint=f"ninja produce {script.episode} --segments {segment} --mode {records.mode}",
        )


def page_of(settings: Settings, key: CellKey) -> Path:
    """Where the page of a segment's comparison is."""
    return episode_folder(settings.output, key.episode, settings.mode) / FOLDER / f"{key.segment}.html"


def check_caps(match: Match, *, prepared: bool = True) -> MatchQuote | None:
    """What a comparison would cost now; nothing is sent. None in a rehearsal, which costs nothing.

    `prepared`: it is made of the voice and the pictures that are recorded; else they are made first, of what lies in
    the show. Else a clip would be bought that nobody was shown.
    Raises CapError when all of it together would go over a cap: a comparison of half is worth nothing.
    """
    settings, show, script = match.settings, match.show, match.script
    if not settings.mode.paid:
        return None
    library = Library.of(settings)
    with closing(open_ledger(settings, show)) as ledger:
        context = open_context(settings, show, script, library, ledger)
        records = Records(ShowState.of(ledger), settings.output, settings.mode)

        def asked(model: str | None = None) -> SegmentRequests:
            requests = requests_of(context, match.turn(model))
            return as_recorded(requests, records, match.key) if prepared else requests

        quote = MatchQuote(
            seconds=asked().length()[0],
            voice_usd=asked().usd(TTS_AUDIO),
            speakers={model: asked(model).quotes(SPEAKER_CLIPS) for model in match.models},
        )
        refused = over_caps({context.cell(match.turn()): quote.total_usd}, ledger)
    about = "" if quote.exact else "about "
    if match.cap_usd is not None and quote.total_usd > match.cap_usd + 1e-9:
        raise CapError(
            f"the comparison would cost {about}{usd(quote.total_usd)}, over the {usd(match.cap_usd)} that --cap or a "
            "person's yes allows: no clip was bought",
            where="--cap",
            hint="raise --cap, ask for it again to see its price now, or compare fewer models; the dearest is "
            f"{max(match.models, key=quote.model_usd)}",
        )
    if refused:
        raise CapError(
            f"the comparison would cost {about}{usd(quote.total_usd)}: no clip was bought",
            where="show.yaml, caps",
            why="; ".join(refused),
            hint="raise the cap, or compare fewer models",
        )
    return quote


def _make(match: Match, studio: Studio) -> list[Contender]:
    """Every model's clip, side by side: the waiting is remote."""
    records = Records(studio.state, match.settings.output, studio.mode)
    uploads = records.read(UPLOADED_URLS, match.key, Uploads).value
    track = records.read(TTS_AUDIO, match.key, VoiceTrack).value

    def one(model: str) -> Contender:
        try:
            return once_more(partial(_contender, match, studio, model, uploads, track))
        except NinjaError as error:
            return Contender(model=model, name=catalogue.get(model).name, price_usd=None, error=str(error))

    with ThreadPoolExecutor(len(match.models)) as pool:
        futures = [pool.submit(one, model) for model in match.models]
        try:
            return [future.result() for future in futures]
        except BaseException:  # Ctrl-C: what is under way is told to stop
            studio.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _contender(match: Match, studio: Studio, model: str, uploads: Uploads, track: VoiceTrack) -> Contender:
    turn = match.turn(model)
    requests = TurnRequests(studio.context(match.script), turn)
    clip = studio.clips.speaker(requests.speaker(track, uploads.picture(turn.speaker)))
    path = studio.library.path(clip.video)
    lips = measure_lips(
        path, studio.library.path(track.audio), mouth_of(studio.show.characters[turn.speaker], clip), drawn=False
    )
    video = studio.library.copy_to(clip.video, _folder(match) / f"{_slug(model)}.mp4")
    receipt = clip.receipt
    paid = (receipt.cost_usd + receipt.saved_usd, receipt.note)
    price, note = paid if studio.mode.paid else _would_cost(match, model, track)
    return Contender(
        model=model,
        name=catalogue.get(model).name,
        price_usd=price,
        cost_usd=receipt.cost_usd,
        reused=receipt.reused,
        video=_linked(match, video),
        media=clip.video,
        seconds=round(clip.seconds, 3),
        width=clip.width,
        height=clip.height,
        fps=round(clip.fps, 3),
        queue_seconds=receipt.queue_seconds,
        render_seconds=receipt.render_seconds if studio.mode.paid else None,  # a puppet's time is no model's
        lips_follow=round(lips.follows, 3),
        lips_lag_frames=round(lips.lag * clip.fps),
        note=note,
    )


def _would_cost(match: Match, model: str, track: VoiceTrack) -> tuple[float | None, str | None]:
    """What a model would cost by the price list, for a rehearsal, None without a known price; and how it is made."""
    turn = match.turn()
    lengths = sentence_seconds(track.words, track.seconds)
    try:
        with asked_by(match.settings, match.show, match.script, ModeModels(speaker=model)) as context:
            quote = expected_speaker(
                context.paid,
                label=turn.speaker,
                character=match.show.characters[turn.speaker],
                model=model,
                seconds=track.seconds,
                sentences=lengths,
            )
    except ContentError:
        return None, None
    return quote.usd, quote.note


def _compared(match: Match, studio: Studio, made: Sequence[Contender]) -> Comparison:
    records = Records(studio.state, match.settings.output, studio.mode)
    turn, track = match.turn(), records.read(TTS_AUDIO, match.key, VoiceTrack)
    character = studio.show.characters[turn.speaker]
    voice = studio.library.copy_to(track.value.audio, _folder(match) / voice_file(track.value.audio.suffix))
    return Comparison(
        episode=match.key.episode,
        segment=match.segment,
        mode=studio.mode.value,
        speaker=character.name,
        color=character.color,
        line=turn.spoken,
        seconds=round(track.value.seconds, 3),
        voice=_linked(match, voice),
        voice_media=track.value.audio,
        cost_usd=sum_usd(each.cost_usd for each in made),
        stand_ins=not studio.mode.paid,
        models=tuple(made),
    )


def _folder(match: Match) -> Path:
    """Where the clips of a comparison are linked, beside its page."""
    return page_of(match.settings, match.key).with_suffix("")


def _linked(match: Match, file: Path) -> str:
    return file.relative_to(_folder(match).parent).as_posix()


def _slug(model: str) -> str:
    return model.removeprefix("fal-ai/").replace("/", "-")
