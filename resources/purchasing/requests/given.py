"""What a person gave for a request, part by part, as digests: what decides whether a cell keeps what it has bought.

A default of this program is no part of it: only what stands in the show, the script and its files is. So a better
default leaves an episode as it is, and where a part did change, a quote can name it.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from resources.content.show import ModeModels
from resources.core.text.json_strings import with_strings
from resources.core.values import Media
from resources.purchasing.ledger.tables.purchase import plain_text
from resources.purchasing.requests.briefs import ListenerBrief, ShotBrief, SpeakerBrief, VoiceBrief
from resources.purchasing.requests.request import content_name

# The parts that tell one request of a cell from another: none of them is ever "changed".
_WHICH = frozenset({"who", "piece", "take"})


def of_voice(brief: VoiceBrief) -> dict[str, str]:
    """Of a line: its words, and the voice's settings."""
    voice = brief.character.voice.elevenlabs
    return {
        **_which(brief.label, brief.take),
        "words": _digest(brief.performance),
        "settings": _digest([_set(voice), brief.language]),
    }


def of_speaker(brief: SpeakerBrief, models: ModeModels) -> dict[str, str]:
    """Of a speaker: the voice, the picture, and how it performs."""
    settings = [_set(brief.character.speaking), brief.acting, brief.model, _set(models, "speaker")]
    return {
        **_which(brief.label, brief.take),
        "voice": _digest(origin_of(brief.origins, brief.track)),
        "picture": _digest(brief.image and origin_of(brief.origins, brief.image)),
        "settings": _digest([*settings, brief.width, brief.height]),
    }


def of_listener(brief: ListenerBrief, models: ModeModels) -> dict[str, str]:
    """Of a listener: the picture, how it reacts, and for how long."""
    settings = [_set(brief.character.listening), brief.mood, _set(models, "listener", "listener_plans")]
    return {
        **_which(brief.label, brief.take),
        "picture": _digest(brief.image and origin_of(brief.origins, brief.image)),
        "length": _digest(brief.seconds),
        "settings": _digest([*settings, brief.width, brief.height]),
    }


def of_shot(brief: ShotBrief) -> dict[str, str]:
    """Of a shot: its words, the files that it is made from, and its settings."""
    files = {slot: origin_of(brief.origins, media) for slot, media in brief.given.items()}
    return {
        **_which(brief.shot.label, brief.take),
        "words": _digest(brief.shot.prompt),
        "files": _digest(files),
        "settings": _digest([brief.shot.kind, _set(brief.shot, but=("prompt",)), brief.format, brief.cell.mode]),
    }


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The parts that differ; none where the two are not of the same request of a cell."""
    if any(before.get(part) != now.get(part) for part in _WHICH):
        return ()
    return tuple(part for part in now if before.get(part) != now[part])


def origin_of(origins: Mapping[str, str], media: Media) -> str:
    """What a file was made from, by its content's hash; its own content where no tool of this program made it."""
    return origins.get(media.sha256) or content_name(media)


def _which(label: str, take: int) -> dict[str, str]:
    return {"who": label, "take": str(take)}


def _set(settings: BaseModel | None, *only: str, but: tuple[str, ...] = ()) -> Any:
    """The settings that somebody made, without the defaults of this program."""
    if settings is None:
        return None
    return settings.model_dump(mode="json", exclude_unset=True, include=set(only) or None, exclude=set(but) or None)


def _digest(value: Any) -> str:
    text = json.dumps(with_strings(value, plain_text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
