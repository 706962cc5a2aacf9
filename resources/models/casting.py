"""Which model speaks and which one listens, and who chose it: the turn, the show, or the decision tree (`choice`)."""

from dataclasses import dataclass
from pathlib import Path

from resources.content.loader import show_marks
from resources.content.segments import Turn
from resources.content.show import AUTO, ModeModels, Quality, Show
from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE, Mode, episode_file
from resources.core.text.diagnostics import shown_path
from resources.models.catalogue import registry
from resources.models.choice import Choice, Have, choose


@dataclass(frozen=True)
class Casting:
    """A model's endpoint, and for a person to read where it was chosen and what the decision tree says."""

    model: str
    reason: str


def models_of(show: Show, mode: Mode) -> ModeModels | None:
    """The models of a paid mode, with the decision tree's for a speaker that is left to it; None if it has none."""
    models = show.models.get(mode)
    if models is None or models.speaker != AUTO:
        return models
    return models.model_copy(update={"speaker": _by_tree(mode).endpoint.id})


def needed_models(show: Show, mode: Mode, where: Path) -> ModeModels:
    """The models of a paid mode. ContentError, with the lines to add to show.yaml at `where`, for one that has none."""
    models = models_of(show, mode)
    if models is None:
        quality = "pro" if mode is Mode.FINAL else "standard"
        raise ContentError(
            f"show.yaml does not say which models {mode} mode uses",
            where=shown_path(where),
            hint=f"add to show.yaml: models: {{{mode}: {{speaker: fal-ai/kling-video/ai-avatar/v2/{quality}}}}}",
            code="models-missing",
        )
    return models


def cast_speaker(show: Show, mode: Mode, turn: Turn, *, folder: Path, episode: str) -> Casting:
    """The model that speaks a turn in a paid mode. `folder` is the show's, `episode` the turn's. ContentError."""
    own = show.characters[turn.speaker].speaking.model
    if turn.model is not None:
        # By its place in the show: the reason is the same on every machine that has it.
        place = f"{episode_file(folder, episode).relative_to(folder).as_posix()}:{turn.line}"
        return _set(turn.model, place, mode)
    if own is not None:
        return _set(own, _at(folder, "characters", turn.speaker, "speaking", "model"), mode)
    models = needed_models(show, mode, folder / SHOW_FILE)
    if show.models[mode].speaker == AUTO:
        return Casting(models.speaker, f"chosen by the decision tree: {_by_tree(mode).reason}")
    return _set(models.speaker, _at(folder, "models", mode.value, "speaker"), mode)


def cast_listener(show: Show, mode: Mode, *, folder: Path) -> Casting:
    """The image-to-video model of a paid mode's listeners; whether it makes them, their plan decides. ContentError."""
    models = needed_models(show, mode, folder / SHOW_FILE)
    name = registry.get(models.listener).name
    if "listener" in models.model_fields_set:
        return Casting(models.listener, f"{name}, set by {_at(folder, 'models', mode.value, 'listener')}")
    return Casting(models.listener, f"{name}, the cheapest listener: the show sets no other")


def _by_tree(mode: Mode) -> Choice:
    have = Have(text=True, image=True, audio=True)
    return choose(have, Quality.DRAFT if mode is Mode.DRAFT else Quality.STANDARD)


def _set(model: str, where: str, mode: Mode) -> Casting:
    tree = _by_tree(mode)
    same = "the decision tree agrees" if tree.endpoint.id == model else f"the decision tree has {tree.endpoint.name}"
    return Casting(model, f"set by {where}; {same}: {tree.reason}")


def _at(folder: Path, *place: str) -> str:
    return f"{SHOW_FILE}:{show_marks(folder).line(place)}, {'.'.join(place)}"
