"""Who plays an episode: voices, pictures, moods, and prices of the models that would be asked. Facts, not taste.

Which model fits, and what a prompt says, is judged by `script_rules`.
"""

import string
from typing import Final

from resources.content.lines.speech import estimate_seconds
from resources.content.moods import PLAYED, played_mood
from resources.content.segments import PlacedShot, Turn
from resources.core.text.diagnostics import nearest
from resources.models.casting import models_of
from resources.models.catalogue import registry
from resources.quality.lint.linted_episode import Episode

# ISO 639-1, as the voice models take it (docs/sources/elevenlabs.md#v3).
LANGUAGES: Final = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "  # noqa: SIM905
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja "
    "jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd "
    "ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss "
    "st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_STEPPED: Final = ("eleven_v3",)  # take a stability of 0, 0.5 or 1 alone (docs/sources/elevenlabs.md#v3)
_STEPS: Final = (0.0, 0.5, 1.0)
_ELEVENLABS: Final = "elevenlabs/"
_SPREAD: Final = 1.25  # by which a turn may last longer than its words tell


def check_cast(turn: Turn, episode: Episode) -> None:
    """Everybody of a turn: the speaker's voice and models, everybody's picture, the listener's mood."""
    if episode.buys:
        _voice(turn.speaker, episode)
        _models(turn, episode)
        for label in (turn.speaker, *turn.listeners):
            _picture(label, turn, episode)
    for label in turn.listeners:
        character = episode.show.characters[label]
        if turn.mood in character.listening.moods and character.puppet and played_mood(turn.mood) is None:
            episode.report.add(
                "mood-unplayed",
                episode.at_setting("characters", label, "listening", "moods", str(turn.mood)),
                f"a rehearsal shows the mood {turn.mood!r} as attentive: no puppet plays it",
                f"leave it so, or call it by one that puppets play: {', '.join(PLAYED[1:])}",
            )


def check_place(placed: PlacedShot, episode: Episode) -> None:
    """A shot over a turn: it must begin before the turn has ended."""
    if placed.over is None or not placed.shot.begins:
        return
    turn = episode.whole.turn(placed.over)
    show = episode.show
    words = estimate_seconds(turn.spoken, show.characters[turn.speaker].voice.offline.rate)
    seconds = show.pacing.lead_seconds + words * _SPREAD + show.pacing.tail_seconds
    if placed.shot.begins >= max(seconds, 1.0):
        episode.report.add(
            "broll-late",
            episode.at_line(placed.line),
            f"it begins {placed.shot.begins:g} s into {placed.over}, which lasts about {words:.1f} s",
            f"let it begin earlier, such as `begins: {max(words / 2, 0.1):.1f}`",
            "it would be bought and never seen",
        )


def _voice(label: str, episode: Episode) -> None:
    report, voice = episode.report, episode.show.characters[label].voice.elevenlabs
    place = ("characters", label, "voice", "elevenlabs")
    if voice is None:
        report.add(
            "voice-missing",
            episode.at_setting(*place),
            f"{label} speaks in this episode and has no voice at ElevenLabs",
            "add `elevenlabs: {voice_id: …}` with the id of a voice of https://elevenlabs.io/app/voice-lab",
        )
        return
    if voice.stability is not None and voice.model in _STEPPED and voice.stability not in _STEPS:
        report.add(
            "voice-setting",
            episode.at_setting(*place, "stability"),
            f"{voice.model} refuses `stability: {voice.stability:g}`",
            "write 0 (creative), 0.5 (natural) or 1 (robust)",
        )
    for code, where in ((voice.language_code, (*place, "language_code")), (episode.show.language, ("language",))):
        if code is not None and code not in LANGUAGES:
            short = code.lower()[:2] if set(code.lower()[:2]) <= set(string.ascii_lowercase) else "en"
            report.add(
                "language-unknown",
                episode.at_setting(*where),
                f"there is no language {code!r}",
                f"write its code of two letters, such as `{short if short in LANGUAGES else 'en'}`",
            )
    known = [name.removeprefix(_ELEVENLABS) for name in episode.prices.endpoints if name.startswith(_ELEVENLABS)]
    if voice.model not in known:
        report.add(
            "model-unknown",
            episode.at_setting(*place, "model"),
            f"no voice model {voice.model!r} is known: it has no price",
            f"{nearest(voice.model, known)}known: {', '.join(known)}",
        )


def _models(turn: Turn, episode: Episode) -> None:
    """A price for every model that is asked for its speaker or its listener."""
    show, own = episode.show, turn.model or episode.show.characters[turn.speaker].speaking.model
    known = {endpoint.id for endpoint in registry.all()}  # what is not, is told as such
    for mode in episode.modes:
        models = models_of(show, mode)
        if models is None:
            continue
        asked = {"speaker": own or models.speaker, **({"listener": models.listener} if turn.listeners else {})}
        for part, model in asked.items():
            if model in known and model not in episode.prices.endpoints:
                where = episode.at_setting("models", mode.value, part)
                episode.report.add(
                    "price-missing",
                    episode.at_turn(turn) if part == "speaker" and turn.model else where,
                    f"no price is known for {model}: it is not bought",
                    "choose one that `ninja models` lists, or add its price to prices.toml beside show.yaml",
                )


def _picture(label: str, turn: Turn, episode: Episode) -> None:
    character = episode.show.characters[label]
    camera = episode.show.cameras.get(turn.camera) if turn.camera and label == turn.speaker else None
    if character.image is None and not (camera and camera.angle in character.angles):
        episode.report.add(
            "picture-missing",
            episode.at_setting("characters", label),
            f"{label} is seen in this episode and has no picture that a model could animate",
            "add `image: characters/….png`, a PNG or JPEG of at least 512 x 512 pixels",
        )
