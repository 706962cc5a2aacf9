"""What a show says of itself, as far as this episode needs it: names, caps, music, length, and whether it is heard."""

from collections import defaultdict
from itertools import pairwise

from resources.content.lines.speech import estimate_seconds
from resources.content.segments import PlacedShot
from resources.content.settings.fields import SPEAKER_COLOR
from resources.content.show import Format
from resources.core.errors import ContentError, MediaError
from resources.media.audio.music import Music, check_music, music_of
from resources.media.typography.caption_styles import CaptionChanges, changed, style
from resources.media.typography.colours import told_apart
from resources.media.typography.fonts import font_of_file
from resources.models.prices.price_values import exact_usd
from resources.quality.lint.drawn_rules import seen_in
from resources.quality.lint.linted_episode import Episode
from resources.quality.platforms import UPRIGHT

_SPARE_SECONDS = 30.0  # by which a cut may be longer than its words tell, and more
_LEAST_SECONDS = 2.0  # of a cut: a voice is made as long


def check_show(episode: Episode) -> None:
    """Names, captions' colours and font, caps, music and length."""
    _names(episode)
    _captions(episode)
    _font(episode)
    _caps(episode)
    _music(episode)
    _length(episode)


def _names(episode: Episode) -> None:
    show, report = episode.show, episode.report
    if not show.title.strip():
        report.add("name-blank", episode.at_setting("title"), "the show's title is blank", "write its name")
    called: dict[str, list[str]] = defaultdict(list)
    for label in show.characters:
        called[" ".join(show.characters[label].name.casefold().split())].append(label)
    for label in seen_in(episode.script):
        name = show.characters[label].name
        where = episode.at_setting("characters", label, "name")
        others = [other for other in called[" ".join(name.casefold().split())] if other != label]
        if not name.strip():
            report.add("name-blank", where, f"the name of {label} is blank", "write what stands on the name tag")
        elif others:
            report.add(
                "name-doubled", where, f"{label} and {others[0]} are both called {name!r}", "give one another name"
            )


def _captions(episode: Episode) -> None:
    """Colours that a person gave, which are drawn as they are. A character's own is made lighter where it has to be."""
    given = episode.show.look.captions
    own = style(given.style)
    if own is None:
        return
    look = changed(own, CaptionChanges(stroke_color=given.stroke_color))
    boxed = look.moves == "box"
    for name, color in (("color", given.color or own.color), ("accent", None if boxed else given.accent)):
        if color not in (None, SPEAKER_COLOR) and not told_apart(color, look.ground):
            place = name if getattr(given, name) else "stroke_color"
            episode.report.add(
                "caption-faint",
                episode.at_setting("look", "captions", place),
                f"letters of {color} can hardly be told from {look.ground}, which is round them",
                "make one of them lighter or darker",
            )


def _font(episode: Episode) -> None:
    """A font of the show's own, opened and measured as captions do."""
    captions = episode.show.look.captions
    if captions.font is None or style(captions.style) is None:
        return
    why = "its tables are damaged"
    try:
        font = font_of_file(captions.font)
        if font.has("e") + font.width("e", 10) + font.line > 0:
            return
    except ContentError as error:
        why = error.why or why
    except Exception:  # noqa: BLE001, S110  (each damaged table fails in a way of its own)
        pass
    where, what = episode.at_setting("look", "captions", "font"), f"the font {captions.font.name} cannot be read"
    episode.report.add("font-unreadable", where, what, "give a TrueType or OpenType font, or delete this line", why)


def _caps(episode: Episode) -> None:
    caps = episode.show.caps
    if caps is None:
        return
    steps = [(name, value) for name in type(caps).model_fields if (value := getattr(caps, name)) is not None]
    for (small, less), (large, more) in pairwise(steps):
        if less > more:
            episode.report.add(
                "caps-contradict",
                episode.at_setting("caps", small),
                f"{small} is {exact_usd(less)}, and {large} only {exact_usd(more)}",
                f"make {large} {exact_usd(less)} or more, or {small} smaller",
            )


def _music(episode: Episode) -> None:
    show, script = episode.show, episode.whole
    music, seconds = music_of(show.sound, script.sound, episode.folder), _seconds(episode)
    for name in ("bed", "opening", "closing"):
        path = getattr(music, name)
        if path is None or path in episode.looked.music:
            continue
        episode.looked.music.add(path)
        own = getattr(script.sound, name) is not None
        where = episode.at_line(1) if own else episode.at_setting("sound", name)
        try:
            for played in (seconds + _SPARE_SECONDS, max(seconds, _LEAST_SECONDS)):  # it plays, and is heard in time
                check_music(Music(bed=path), played)
        except MediaError as error:
            code = error.code or "sound-unreadable"
            what = f"{error.what}: {path.name}"
            episode.report.add(code, where, what, error.hint or "", error.why or "")
    if not script.turns and script.cut and not music.files and not any(_sounds(placed) for placed in script.shots):
        episode.report.add(
            "episode-silent",
            episode.at_line(script.cut[0].line),
            "nothing is heard in this episode: nobody speaks, and there is no music",
            "leave it so, or add a bed: `sound: {bed: …}`",
        )


def _length(episode: Episode) -> None:
    """Whether the platforms take it as an upright video, before it is bought; how long it is there is only heard."""
    shapes, seconds = [shape for shape in episode.whole.formats if shape is not Format.LONG], _seconds(episode)
    short = [platform for platform in UPRIGHT if seconds > platform.seconds]
    if shapes and short:
        episode.report.add(
            "format-short",
            episode.at_line(1),
            f"its words last about {seconds:.0f} s, and it is cut in {shapes[0]}: "
            + ", ".join(f"{platform.name} takes {platform.seconds:.0f} s" for platform in short),
            "cut it down, make two of it, or write `format: long`",
        )


def _seconds(episode: Episode) -> float:
    """How long the cut is by its words and shots, without pauses."""
    show, script = episode.show, episode.whole
    rates = {label: character.voice.offline.rate for label, character in show.characters.items()}
    spoken = sum(estimate_seconds(turn.spoken, rates[turn.speaker]) for turn in script.turns)
    return spoken + sum(float(getattr(placed.shot, "seconds", 0) or 0) for placed in script.shots if placed.in_cut)


def _sounds(placed: PlacedShot) -> bool:
    """Whether a shot is asked to have sound, or made of a clip that may have some."""
    shot = placed.shot
    return bool(getattr(shot, "audio", False) or getattr(shot, "keep_sound", False))
