"""Rows of the table: pictures and sound."""

from typing import Final

from resources.quality.lint.table.rule import ERROR, WARNING, Ground, Rule

_AVATAR: Final = "docs/sources/endpoints.md#avatar-v2"
_FACES: Final = "docs/sources/avatars.md#sound-and-picture"
PICTURES: Final = (
    Rule(
        "picture-missing",
        ERROR,
        "the models: an avatar needs a picture",
        "somebody of this episode has no picture",
        Ground.PICTURES,
        "A puppet is drawn in rehearsals alone. In draft and final the models animate `image`, a PNG or JPEG.",
    ),
    Rule("image-unreadable", ERROR, "measured", "a picture cannot be read", Ground.PICTURES, "Save it again as PNG."),
    Rule(
        "image-huge",
        ERROR,
        "measured",
        "a picture has too many pixels",
        Ground.PICTURES,
        "The models render at most 1080p, and more than 80 megapixels take minutes and gigabytes to read.",
    ),
    Rule("image-small", ERROR, _FACES, "too few pixels are left in the pane's shape", Ground.PICTURES),
    Rule("image-cropped", WARNING, _AVATAR, "the pane cuts much off a picture", Ground.PICTURES),
    Rule("image-transparent", WARNING, _AVATAR, "a picture is see-through", Ground.PICTURES),
    Rule(
        "image-blank",
        ERROR,
        "docs/sources/endpoints.md#avatar-v2",
        "nothing is seen in a portrait",
        Ground.PICTURES,
        "The picture as it is prepared for the models has one colour: it is black, or see-through everywhere. A model "
        "finds no face in it and refuses it (`face_detection_error`), after the voice is bought; a listener would be a "
        "plain field.",
    ),
    Rule(
        "face-missing",
        WARNING,
        _AVATAR,
        "no face is found in a portrait",
        Ground.PICTURES,
        "A model that finds no face refuses the picture (`face_detection_error`), after the voice is bought. The "
        "detector knows photographs best: for drawn faces that a model has taken before, write "
        "`lint: {severity: {face-missing: off}}` in `prompts.yaml`.",
    ),
    Rule(
        "face-small",
        WARNING,
        _FACES,
        "the face in a portrait is small",
        Ground.PICTURES,
        "Of a small face little is left in the clip, and a model may find none. It is measured from brow to chin.",
    ),
    Rule("subject-small", WARNING, f"{_FACES}, docs/sources/video.md#pictures", "the figure is small", Ground.PICTURES),
    Rule("file-unfit", ERROR, "the catalogue: limits of files", "a file is outside a model's limits", Ground.PICTURES),
)
SOUND: Final = (
    Rule(
        "sound-unreadable",
        ERROR,
        "measured",
        "a music file is no sound",
        Ground.SOUND,
        "It is read by the program that would play it, before anything is bought for the cut that it would stop.",
    ),
    Rule(
        "sound-silent",
        ERROR,
        "docs/sources/platforms.md#loudness-of-playback",
        "nothing is heard in a music file",
        Ground.SOUND,
        "Levels are set against its loudness, and what has none cannot be laid under speech. As much of it is measured "
        "as the cut would play: what is heard later than its words last is not heard in it.",
    ),
    Rule(
        "episode-silent",
        WARNING,
        "docs/sources/platforms.md#loudness-of-playback",
        "nothing is heard in an episode",
        Ground.SOUND,
        "It has shots alone, none with sound of its own, and no music. It is made, and is silent.",
    ),
)
