"""A shot as a request: which model, why, and with which arguments, once the files it refers to are uploaded.

Pure: nothing is sent, bought or measured here. Every setting of a shot ends in an argument of its model or is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from resources.content.shots import BrollShot, EditShot, ImageShot, MotionShot, OmniShot, Shot, TransitionShot
from resources.content.show import Format, Quality
from resources.core.errors import ContentError
from resources.models.catalogue import Endpoint, Kind, MediaFacts, registry
from resources.models.choice import Choice, Have, choose, choose_image
from resources.models.endpoints.arguments import Arguments
from resources.models.prices import Estimate, PriceList
from resources.models.prompts import builders, scene
from resources.models.prompts.book import Book

DEFAULT_SECONDS = 5
_ASPECT = {Format.SHORT: "9:16", Format.LONG: "16:9", Format.SQUARE: "1:1"}
_FLUX_SIZE = {Format.SHORT: "portrait_16_9", Format.LONG: "landscape_16_9", Format.SQUARE: "square_hd"}


@dataclass(frozen=True)
class Given:
    """A file that a shot refers to, where the model can read it, and what was measured of it."""

    url: str
    facts: MediaFacts = field(default_factory=MediaFacts)


@dataclass(frozen=True)
class ShotOrder:
    """What is to be bought for a shot. `media_seconds`: the measured length that is billed, if a model bills one."""

    endpoint: Endpoint
    arguments: Arguments
    reason: str
    media_seconds: float | None = None

    def estimate(self, prices: PriceList) -> Estimate:
        """What it is expected to cost. Raises ContentError where no price is known or a length was not measured."""
        return self.endpoint.estimate(prices, self.arguments, media_seconds=self.media_seconds)


def order(shot: Shot, given: Mapping[str, Given], book: Book, format: Format) -> ShotOrder:
    """The request of a shot, its files held to the model's limits. Raises ContentError, without a line, as `draft` does
    and for a file outside its limits.
    """
    made = draft(shot, given, book, format)
    made.endpoint.check(made.arguments, facts_of(made, given))
    return made


def draft(shot: Shot, given: Mapping[str, Given], book: Book, format: Format) -> ShotOrder:
    """The request of a shot. `given` has the file of every slot that `shot.needs()` names.

    Raises ContentError, without a line, for a model that cannot make such a shot, a length that it does not sell, or a
    setting that it does not have.
    """
    missing = [slot for slot in shot.needs() if slot not in given]
    if missing:
        raise ContentError(f"{', '.join(missing)} must be there before this shot can be ordered")
    return _MAKERS[type(shot)](_by_recipe(shot, book), given, book, format)


def _by_recipe(shot: Shot, book: Book) -> Shot:
    """The shot with its recipe written out, if it has one."""
    if not isinstance(shot, BrollShot | MotionShot | EditShot) or shot.recipe is None:
        return shot
    recipe, kind = book.recipe(shot.recipe), _kind(shot)
    if recipe.kind is not kind:
        fitting = ", ".join(name for name, known in book.recipes.items() if known.kind is kind)
        raise ContentError(
            f"the recipe {shot.recipe!r} is one for {recipe.kind.value}",
            why=f"this {shot.label} is {kind.value}",
            hint=f"use one of {fitting or 'none'}, or write the prompt without a recipe",
        )
    return shot.model_copy(update={"prompt": builders.recipe(book, shot.recipe, shot.prompt)})


def _kind(shot: BrollShot | MotionShot | EditShot) -> Kind:
    if isinstance(shot, BrollShot):
        return Kind.IMAGE_TO_VIDEO if shot.image else Kind.TEXT_TO_VIDEO
    return Kind.MOTION_CONTROL if isinstance(shot, MotionShot) else Kind.VIDEO_EDIT


def ordered_seconds(shot: Shot) -> float | None:
    """How long the clip of a shot is ordered to be; None where it follows from the clip that it is made from.

    A picture's is how long it is shown, or None. Raises ContentError for timestamps that contradict `seconds`.
    """
    if isinstance(shot, BrollShot):
        return float(_seconds(shot, scene.timed_shots(shot.prompt)))
    return float(shot.seconds) if isinstance(shot, TransitionShot | OmniShot | ImageShot) and shot.seconds else None


def _broll(shot: BrollShot, given: Mapping[str, Given], book: Book, format: Format) -> ShotOrder:
    shots = scene.timed_shots(shot.prompt)
    speaking = scene.speaks(shot.prompt)
    if speaking and not shot.audio:
        raise ContentError(
            "a line is spoken, and audio is off", hint="add `audio: true` (it costs more), or cut the line"
        )
    seconds = _seconds(shot, shots)
    have = Have(
        text=True, image=bool(shot.image), shots=max(1, len(shots)), dialogue=speaking or shot.audio, seconds=seconds
    )
    kinds = (Kind.IMAGE_TO_VIDEO,) if shot.image else (Kind.TEXT_TO_VIDEO,)
    chosen = _chosen(shot, kinds, lambda: choose(have, _quality(shot)))
    look = _look(shot, book)
    settings: dict[str, Any] = {"duration": str(seconds)}
    if shots and _has(chosen.endpoint, "multi_prompt"):
        settings["multi_prompt"] = [
            {"prompt": builders.sentences(_directed(book, part.prompt), look), "duration": str(part.seconds)}
            for part in shots
        ]
    elif shots:
        settings["prompt"] = builders.sentences(scene.timestamps(shots), look)
    else:
        settings["prompt"] = _broll_prompt(shot, book)
    if shot.image:
        settings[_first(chosen.endpoint, "start_image_url", "image_url")] = given["image"].url
    else:
        settings["aspect_ratio"] = _ASPECT[format]
    return _ordered(chosen, settings | _directions(shot, chosen.endpoint, book) | _sound(chosen.endpoint, shot.audio))


def _broll_prompt(shot: BrollShot, book: Book) -> str:
    mood = builders.sentences(builders.word_of(book.moods, shot.mood), builders.word_of(book.styles, shot.style))
    text = _directed(book, shot.prompt)
    if shot.image:
        motion = builders.sentences(text, shot.action, builders.camera(book, shot.camera))
        return builders.first_frame(book, picture=shot.picture or "", motion=motion, style=mood or None)
    return builders.scam(subject=text, camera=builders.camera(book, shot.camera), action=shot.action, mood=mood)


def _transition(shot: TransitionShot, given: Mapping[str, Given], book: Book, _: Format) -> ShotOrder:
    have = Have(text=True, image=True, end_image=True, seconds=shot.seconds)
    chosen = _chosen(shot, (Kind.IMAGE_TO_VIDEO,), lambda: choose(have, _quality(shot)))
    settings = {
        "prompt": builders.sentences(shot.prompt, _look(shot, book)),
        "duration": str(shot.seconds),
        _first(chosen.endpoint, "start_image_url", "image_url"): given["start"].url,
        _first(chosen.endpoint, "end_image_url", "tail_image_url"): given["end"].url,
    }
    directions = _directions(shot, chosen.endpoint, book, style="transition")
    return _ordered(chosen, settings | directions | _sound(chosen.endpoint, False))


def _motion(shot: MotionShot, given: Mapping[str, Given], book: Book, _: Format) -> ShotOrder:
    seconds = given["video"].facts.seconds
    have = Have(text=True, image=True, motion_video=True, full_body=shot.full_body, motion_seconds=seconds)
    chosen = _chosen(shot, (Kind.MOTION_CONTROL,), lambda: choose(have, _quality(shot)))
    settings = {
        "image_url": given["image"].url,
        "video_url": given["video"].url,
        "character_orientation": shot.orientation or choose(have).settings["character_orientation"],
        "prompt": builders.motion_context(
            book, identity=shot.prompt, scene=shot.scene, style=builders.word_of(book.styles, shot.style)
        ),
        "keep_original_sound": shot.keep_sound,
    }
    return _ordered(chosen, settings, seconds)


def _edit(shot: EditShot, given: Mapping[str, Given], book: Book, _: Format) -> ShotOrder:
    chosen = _chosen(shot, (Kind.VIDEO_EDIT,), lambda: choose(Have(text=True, clip=True), _quality(shot)))
    result = builders.sentences(
        scene.labelled(shot.prompt, tuple(shot.references)), builders.word_of(book.styles, shot.style)
    )
    settings: dict[str, Any] = {
        "video_url": given["clip"].url,
        "prompt": builders.edit_result(book, result=result, keep=shot.keep),
        "keep_audio": shot.keep_sound,
    }
    if shot.references:
        settings["image_urls"] = _urls(shot.references, given)
    return _ordered(chosen, settings, given["clip"].facts.seconds)


def _omni(shot: OmniShot, given: Mapping[str, Given], book: Book, format: Format) -> ShotOrder:
    have = Have(text=True, references=len(shot.references))
    chosen = _chosen(shot, (Kind.REFERENCE_TO_VIDEO,), lambda: choose(have, _quality(shot)))
    text = builders.sentences(_directed(book, shot.prompt), builders.word_of(book.styles, shot.style))
    settings: dict[str, Any] = {
        "prompt": scene.omni(book, scene=text, references=tuple(shot.references), frame=shot.frame, ending=shot.ending),
        "image_urls": _urls(shot.references, given),
        "duration": str(shot.seconds),
        "aspect_ratio": _ASPECT[format],
        "generate_audio": shot.audio,
    }
    if shot.start:
        settings["start_image_url"] = given["start"].url
    return _ordered(chosen, settings)


def _image(shot: ImageShot, given: Mapping[str, Given], book: Book, format: Format) -> ShotOrder:
    kind = Kind.IMAGE_EDIT if shot.references else Kind.IMAGE
    chosen = _chosen(shot, (kind,), lambda: choose_image(len(shot.references), _quality(shot)))
    settings: dict[str, Any] = {
        "prompt": builders.sentences(
            scene.by_place(shot.prompt, tuple(shot.references)), builders.word_of(book.styles, shot.style)
        )
    }
    if _has(chosen.endpoint, "image_size"):
        settings["image_size"] = _FLUX_SIZE[format]
    else:
        settings["aspect_ratio"] = _ASPECT[format]
    settings |= {name: value for name in ("seed", "resolution") if (value := getattr(shot, name)) is not None}
    if shot.references:
        settings["image_urls"] = _urls(shot.references, given)
    return _ordered(chosen, settings)


_MAKERS: Mapping[type[Shot], Callable[[Any, Mapping[str, Given], Book, Format], ShotOrder]] = {
    BrollShot: _broll,
    TransitionShot: _transition,
    MotionShot: _motion,
    EditShot: _edit,
    OmniShot: _omni,
    ImageShot: _image,
}


def _quality(shot: Shot) -> Quality:
    return shot.quality or Quality.STANDARD


def _chosen(shot: Shot, kinds: Sequence[Kind], tree: Callable[[], Choice]) -> Choice:
    """The model that the shot names, if it can make such a shot, or the decision tree's."""
    if shot.model is None:
        return tree()
    endpoint = registry.get(shot.model)
    if endpoint.kind not in kinds:
        raise ContentError(
            f"{endpoint.name} cannot make this {shot.kind}",
            why=f"it is {endpoint.kind.value}",
            hint="use one of " + ", ".join(known.id for known in registry.by_kind(*kinds)),
        )
    return Choice(endpoint, "the shot names it")


def _ordered(chosen: Choice, settings: Mapping[str, Any], media_seconds: float | None = None) -> ShotOrder:
    endpoint = chosen.endpoint
    duration = settings.get("duration")
    sold = _sold(endpoint)
    if duration is not None and duration not in sold:
        others = ", ".join(other.name for other in registry.by_kind(endpoint.kind) if duration in _sold(other))
        ways = [f"say `seconds:` {', '.join(sold)}" if sold else "", f"use {others}" if others else ""]
        raise ContentError(f"{endpoint.name} does not sell {duration} s", hint=", or ".join(filter(None, ways)))
    return ShotOrder(endpoint, endpoint.parse(settings), chosen.reason, media_seconds)


def _sold(endpoint: Endpoint) -> tuple[str, ...]:
    field = endpoint.arguments.model_fields.get("duration")
    return tuple(str(choice) for choice in get_args(field.annotation)) if field else ()


def _seconds(shot: BrollShot, shots: Sequence[scene.TimedShot]) -> int:
    if not shots:
        return shot.seconds or DEFAULT_SECONDS
    total = shots[-1].end
    if shot.seconds not in (None, total):
        raise ContentError(f"the shots last {total} s, and seconds says {shot.seconds}", hint="leave `seconds` out")
    return total


def _directed(book: Book, text: str) -> str:
    return scene.scene_direction(book, text) if scene.speaks(text) else text


def _look(shot: BrollShot | TransitionShot, book: Book) -> str:
    """Camera, mood and style, for prompts whose text says the rest."""
    return builders.sentences(
        builders.camera(book, shot.camera),
        builders.word_of(book.moods, shot.mood),
        builders.word_of(book.styles, shot.style),
    )


def _directions(
    shot: BrollShot | TransitionShot, endpoint: Endpoint, book: Book, *, style: str | None = None
) -> dict[str, Any]:
    """Negative prompt and guidance: refused if asked of a model that has none."""
    settings: dict[str, Any] = {}
    if shot.avoid or _has(endpoint, "negative_prompt"):
        named = shot.style if shot.style in book.negative.styles else style
        recipe = book.recipe(shot.recipe).negative if isinstance(shot, BrollShot) and shot.recipe else ()
        settings["negative_prompt"] = builders.negative(book, named, extra=(*shot.avoid, *recipe), prompt=shot.prompt)
    if shot.guidance is not None:
        settings["cfg_scale"] = shot.guidance
    return settings


def _sound(endpoint: Endpoint, wanted: bool) -> dict[str, Any]:
    return {"generate_audio": wanted} if wanted or _has(endpoint, "generate_audio") else {}


def _has(endpoint: Endpoint, name: str) -> bool:
    return name in endpoint.settings()


def _first(endpoint: Endpoint, *names: str) -> str:
    """The name that this model has for a thing; the refusal of the first name if it has none."""
    found = next((name for name in names if _has(endpoint, name)), None)
    if found is None:
        raise endpoint.unknown(names[0])
    return found


def _urls(references: Mapping[str, str], given: Mapping[str, Given]) -> list[str]:
    return [given[f"references.{name}"].url for name in references]


def facts_of(made: ShotOrder, given: Mapping[str, Given]) -> dict[str, MediaFacts]:
    """What was measured of a request's files, by argument: `image_url`, `image_urls[0]`."""
    by_url = {item.url: item.facts for item in given.values()}
    found: dict[str, MediaFacts] = {}
    for name, value in made.arguments.payload().items():
        if isinstance(value, str) and value in by_url:
            found[name] = by_url[value]
        elif name == "image_urls":
            found |= {f"image_urls[{place}]": by_url[url] for place, url in enumerate(value) if url in by_url}
    return found
