"""The table of findings: every code once, with how severe it is, where it comes from, and what more there is to say.

`ninja explain` and docs/findings.md are made from it. What each rule looks for is in the other modules, and in the
readers of files, whose mistakes have a code of this table too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding stops a purchase or only shows."""

    ERROR = "error"
    WARNING = "warning"


class Ground(StrEnum):
    """What a finding is about, in the order of the docs."""

    FILES = "files"
    WORDS = "words and names"
    PICTURES = "pictures"
    SOUND = "sound"
    CAST = "cast, models and prices"
    PROMPTS = "prompts"
    MONEY = "caps"
    ACCESS = "keys and addresses"  # of providers: nothing that a rehearsal needs
    PLACES = "this machine"
    ARGUMENTS = "arguments"


@dataclass(frozen=True)
class Rule:
    """One thing that is known before money. `source`: a section of `docs/sources`, the catalogue, or what was measured.

    `more` is what a person reads who asks for more. Only rules of taste may be changed by a show's `prompts.yaml`.
    """

    id: str
    severity: Severity
    source: str
    about: str
    ground: Ground
    more: str = ""

    @property
    def of_taste(self) -> bool:
        """Whether a show may say how severe it is: what is a fact, nobody can."""
        return self.id not in _FACTS and self.ground not in _OF_FACTS


_OF_FACTS = frozenset({Ground.FILES, Ground.SOUND, Ground.MONEY, Ground.ACCESS, Ground.PLACES, Ground.ARGUMENTS})
_FACTS = frozenset(
    {
        "image-huge",
        "language-unknown",
        "models-missing",
        "name-blank",
        "name-broken",
        "picture-missing",
        "price-missing",
        "text-undrawable",
        "voice-missing",
        "voice-setting",
    }
)
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_MISTAKES = "docs/sources/avatars.md#mistakes, docs/sources/video.md#mistakes"
_LISTENER = "docs/sources/avatars.md#listener"
_AVATAR = "docs/sources/endpoints.md#avatar-v2"
_FACES = "docs/sources/avatars.md#sound-and-picture"

_FILES = (
    Rule(
        "file-unreadable",
        _ERROR,
        "measured",
        "a file cannot be read",
        Ground.FILES,
        "Text is read from regular files only, and no more of it than a text can have: a pipe would be waited for, and "
        "a device such as /dev/zero has no end.",
    ),
    Rule(
        "show-wrong",
        _ERROR,
        "docs/show-yaml.md",
        "a setting of show.yaml is unknown, missing or wrong",
        Ground.FILES,
        "All settings, with what they may be, are in docs/show-yaml.md. Every mistake of the file is told at once.",
    ),
    Rule(
        "episode-wrong",
        _ERROR,
        "docs/episode-file.md",
        "an episode file is not written as one",
        Ground.FILES,
        "The form of an episode file is in docs/episode-file.md. Every mistake of the file is told at once.",
    ),
    Rule(
        "prompts-wrong",
        _ERROR,
        "resources/models/prompts/prompts.yaml",
        "a setting of prompts.yaml is unknown or wrong",
        Ground.FILES,
        "A show's prompts.yaml has the form of the one that ships, and only what differs from it.",
    ),
    Rule(
        "prices-wrong",
        _ERROR,
        "resources/models/prices/prices.toml",
        "a price file is not one",
        Ground.FILES,
        "A misspelt key would leave a price at its default, and a purchase would be estimated wrongly. The form of a "
        "price is that of the list that ships.",
    ),
    Rule(
        "colour-unquoted",
        _ERROR,
        "YAML 1.2, comments",
        "what follows a # was taken for a comment",
        Ground.FILES,
        "YAML reads ` #` as the beginning of a comment, so an unquoted colour is no value at all. Write it in quotes.",
    ),
    Rule(
        "owner-unfit",
        _ERROR,
        "Dagster: owners of assets",
        "an owner is neither an e-mail address nor a team",
        Ground.FILES,
        "Dagster refuses every other owner, and with it the whole graph.",
    ),
    Rule("refused", _ERROR, "the message itself", "something else that stops a run before it begins", Ground.FILES),
)
_WORDS = (
    Rule(
        "label-almost",
        _ERROR,
        "docs/episode-file.md",
        "a line is almost a label",
        Ground.WORDS,
        "`GLITCH (laughing): …`, `[GLITCH] …`, `1. NINJA: …`, `Ninja – …` and labels with look-alike letters are no "
        "labels: the turn above would speak them, in another's voice. `ninja fix EPISODE` rewrites what is certain and "
        "shows the difference first. A line that is meant to be spoken so can be joined to the line before it, and a "
        "colon is written `\\:`.",
    ),
    Rule(
        "text-undrawable",
        _ERROR,
        "measured: the fonts that draw",
        "a text cannot be drawn",
        Ground.WORDS,
        "Captions, name tags, titles and the storyboard are drawn from the words; a letter that no font has would be "
        "missing. Captions that are off change nothing: the storyboard is drawn from the same words.",
    ),
    Rule(
        "sign-hidden",
        _ERROR,
        "measured",
        "a text has signs that nobody sees",
        Ground.WORDS,
        "Private and control characters and those that turn the direction of writing come from other programs. They "
        "are drawn as boxes or not at all, and a voice may stumble over them. `ninja fix EPISODE` deletes them.",
    ),
    Rule("name-blank", _ERROR, "docs/show-yaml.md", "a name is blank", Ground.WORDS, "It would be an empty plate."),
    Rule(
        "name-doubled",
        _ERROR,
        "docs/show-yaml.md",
        "two characters have one name",
        Ground.WORDS,
        "Viewers, subtitles and the edit list could not tell them apart.",
    ),
    Rule(
        "name-broken",
        _ERROR,
        "docs/show-yaml.md",
        "a name or title has a line break",
        Ground.WORDS,
        "Plates and subtitles have one line for it.",
    ),
    Rule(
        "direction-spoken",
        _ERROR,
        "docs/sources/elevenlabs.md#tags",
        "a stage direction would be spoken",
        Ground.WORDS,
        "What stands in round brackets or between stars is read aloud: `(laughs)` is heard as a word. A performance "
        "tag is written `[laughs]`. `ninja fix EPISODE` rewrites it.",
    ),
    Rule(
        "ssml-unread",
        _ERROR,
        "docs/sources/elevenlabs.md#tags",
        "markup of speech is not read",
        Ground.WORDS,
        "SSML is left out before a line is sent: what it asks for does not happen. Write a performance tag, such as "
        "`[pause]`, or punctuation.",
    ),
    Rule(
        "address-spoken",
        _ERROR,
        "measured: 13 s of speech for one address",
        "an address would be spoken letter by letter",
        Ground.WORDS,
        "Say the name of the site, and put the address into the description. A link `[text](https://…)` is fine: its "
        "text alone is spoken.",
    ),
    Rule(
        "code-spoken",
        _ERROR,
        "measured",
        "code would be spoken",
        Ground.WORDS,
        "A voice reads brackets and signs in some way of its own. Say what the code does.",
    ),
    Rule("link-unsafe", _ERROR, "measured", "a link runs a program", Ground.WORDS, "Only http(s) links are written."),
    Rule(
        "tag-long",
        _ERROR,
        "docs/sources/elevenlabs.md#tags",
        "a performance tag has too many words",
        Ground.WORDS,
        "With more than about eight words in a tag the newest voice model spoke the line twice. How a whole turn is "
        "performed is said by `{acting: …}`.",
    ),
)
_PICTURES = (
    Rule(
        "picture-missing",
        _ERROR,
        "the models: an avatar needs a picture",
        "somebody of this episode has no picture",
        Ground.PICTURES,
        "A puppet is drawn in rehearsals alone. In draft and final the models animate `image`, a PNG or JPEG.",
    ),
    Rule("image-unreadable", _ERROR, "measured", "a picture cannot be read", Ground.PICTURES, "Save it again as PNG."),
    Rule(
        "image-huge",
        _ERROR,
        "measured",
        "a picture has too many pixels",
        Ground.PICTURES,
        "The models render at most 1080p, and more than 80 megapixels take minutes and gigabytes to read.",
    ),
    Rule("image-small", _ERROR, _FACES, "too few pixels are left in the pane's shape", Ground.PICTURES),
    Rule("image-cropped", _WARNING, _AVATAR, "the pane cuts much off a picture", Ground.PICTURES),
    Rule("image-transparent", _WARNING, _AVATAR, "a picture is see-through", Ground.PICTURES),
    Rule(
        "image-blank",
        _WARNING,
        "docs/sources/endpoints.md#avatar-v2",
        "nothing is seen in a portrait",
        Ground.PICTURES,
        "The picture as it is prepared for the models has one colour. A model finds no face in it and refuses it.",
    ),
    Rule(
        "face-missing",
        _WARNING,
        _AVATAR,
        "no face is found in a portrait",
        Ground.PICTURES,
        "A model that finds no face refuses the picture (`face_detection_error`), after the voice is bought. The "
        "detector knows photographs best: for drawn faces that a model has taken before, write "
        "`lint: {severity: {face-missing: off}}` in `prompts.yaml`.",
    ),
    Rule(
        "face-small",
        _WARNING,
        _FACES,
        "the face in a portrait is small",
        Ground.PICTURES,
        "Of a small face little is left in the clip, and a model may find none. It is measured from brow to chin.",
    ),
    Rule(
        "subject-small", _WARNING, f"{_FACES}, docs/sources/video.md#pictures", "the figure is small", Ground.PICTURES
    ),
    Rule("file-unfit", _ERROR, "the catalogue: limits of files", "a file is outside a model's limits", Ground.PICTURES),
)
_SOUND = (
    Rule(
        "sound-unreadable",
        _ERROR,
        "measured",
        "a music file is no sound",
        Ground.SOUND,
        "It is read by the program that would play it, before anything is bought for the cut that it would stop.",
    ),
    Rule(
        "sound-silent",
        _ERROR,
        "docs/sources/platforms.md#loudness-of-playback",
        "nothing is heard in a music file",
        Ground.SOUND,
        "Levels are set against its loudness, and what has none cannot be laid under speech. As much of it is measured "
        "as the cut would play.",
    ),
    Rule(
        "episode-silent",
        _WARNING,
        "docs/sources/platforms.md#loudness-of-playback",
        "nothing is heard in an episode",
        Ground.SOUND,
        "It has shots alone, none with sound of its own, and no music. It is made, and is silent.",
    ),
)
_CAST = (
    Rule(
        "voice-missing",
        _ERROR,
        "docs/sources/elevenlabs.md#v3",
        "somebody who speaks here has no voice",
        Ground.CAST,
        "Without the id of a voice nobody can be asked for the line. It is told before another's voice is bought.",
    ),
    Rule(
        "voice-setting",
        _ERROR,
        "docs/sources/elevenlabs.md#v3",
        "a voice's model refuses a setting",
        Ground.CAST,
        "`eleven_v3` takes a stability of 0, 0.5 or 1 and nothing between.",
    ),
    Rule(
        "language-unknown",
        _ERROR,
        "docs/sources/elevenlabs.md#v3",
        "there is no such language",
        Ground.CAST,
        "The voice models take codes of two letters (ISO 639-1): `en`, `de`; `eng` and `english` are refused.",
    ),
    Rule("model-unknown", _ERROR, "the catalogue", "a model does not exist or cannot do this", Ground.CAST),
    Rule(
        "models-missing",
        _ERROR,
        "docs/show-yaml.md",
        "show.yaml names no models for this mode",
        Ground.CAST,
        "`models: {draft: {speaker: …}}` says what a paid mode buys from.",
    ),
    Rule(
        "price-missing",
        _ERROR,
        "the price list",
        "a model has no price",
        Ground.CAST,
        "What has no price is not bought: no cap could hold it. `ninja prices` lists all; add a price to prices.toml "
        "in the show's folder.",
    ),
    Rule(
        "mood-unplayed",
        _WARNING,
        "measured",
        "a rehearsal cannot show a mood",
        Ground.CAST,
        "Puppets listen attentively, amused, surprised or doubtful. Another mood is words for the paid models alone.",
    ),
    Rule(
        "broll-late",
        _ERROR,
        "measured",
        "a shot begins after its turn has ended",
        Ground.CAST,
        "By the words the turn is over before the shot over it begins: it would be bought and never seen.",
    ),
    Rule("turn-long", _WARNING, "the catalogue: length of sound", "a turn is longer than its model takes", Ground.CAST),
    Rule("setting-unknown", _ERROR, "the catalogue: fal's schema", "the model does not have a setting", Ground.CAST),
    Rule("setting-refused", _ERROR, "the catalogue: fal's schema", "the model does not take a value", Ground.CAST),
    Rule(
        "setting-ignored",
        _WARNING,
        "docs/sources/endpoints.md#avatar-v2, docs/sources/elevenlabs.md#v3; the catalogue",
        "a setting has no effect",
        Ground.CAST,
    ),
)
_PROMPTS = (
    Rule("contradiction", _WARNING, _MISTAKES, "two wishes exclude each other", Ground.PROMPTS),
    Rule(
        "motion-described",
        _ERROR,
        "docs/sources/video.md#motion-control",
        "motion control is told the motion",
        Ground.PROMPTS,
    ),
    Rule(
        "process-described",
        _WARNING,
        "docs/sources/video.md#what-not-how",
        "an edit says the way, not the result",
        Ground.PROMPTS,
    ),
    Rule("mouth-open", _ERROR, _LISTENER, "a listener's prompt does not close the mouth", Ground.PROMPTS),
    Rule("mouth-not-excluded", _WARNING, _LISTENER, "a listener's negative prompt allows talking", Ground.PROMPTS),
    Rule("prompt-long", _WARNING, "docs/sources/video.md#prompt-length", "a prompt has too many words", Ground.PROMPTS),
    Rule("prompt-short", _WARNING, "docs/sources/video.md#validation", "a prompt says too little", Ground.PROMPTS),
    Rule(
        "prompt-stuffed", _WARNING, "docs/sources/avatars.md#mistakes", "a prompt wants too many things", Ground.PROMPTS
    ),
    Rule("vague", _WARNING, _MISTAKES, "a word says nothing to a model", Ground.PROMPTS),
    Rule(
        "hands",
        _WARNING,
        "docs/sources/avatars.md#hands",
        "hands are asked for, which come out distorted",
        Ground.PROMPTS,
    ),
    Rule(
        "form-contradicted",
        _WARNING,
        "docs/sources/video.md#first-frame, docs/sources/endpoints.md#avatar-v2",
        "prompt and picture differ in form",
        Ground.PROMPTS,
    ),
    Rule(
        "camera-unknown",
        _WARNING,
        "docs/sources/video.md#camera",
        "a camera word is not in the vocabulary",
        Ground.PROMPTS,
    ),
    Rule(
        "reference-unused",
        _WARNING,
        "docs/sources/avatars.md#omni-reference",
        "a reference is not named",
        Ground.PROMPTS,
    ),
    Rule("ending-missing", _WARNING, "docs/sources/avatars.md#ending", "no line holds the last frame", Ground.PROMPTS),
    Rule(
        "mask-omnihuman",
        _WARNING,
        "docs/sources/avatars.md#comparison",
        "OmniHuman puts a mouth on a mask",
        Ground.PROMPTS,
    ),
)
_MONEY = (
    Rule(
        "caps-missing",
        _ERROR,
        "docs/show-yaml.md",
        "show.yaml sets no caps",
        Ground.MONEY,
        "Draft and final buy nothing without the most that may be spent.",
    ),
    Rule(
        "caps-contradict",
        _ERROR,
        "docs/show-yaml.md",
        "a smaller thing may cost more than a larger one",
        Ground.MONEY,
        "A segment is part of an episode, an episode of a day, and a day of a month: the larger cap could never be "
        "reached by what the smaller allows.",
    ),
    Rule(
        "caps-broken",
        _ERROR,
        "the quote",
        "the quote goes over a cap",
        Ground.MONEY,
        "What this run would buy, with what was spent before, costs more than show.yaml allows. Nothing is bought, "
        "rather than a part that cannot be finished. `ninja quote EPISODE --mode MODE` shows each segment.",
    ),
)
_ACCESS = (
    Rule(
        "key-missing",
        _ERROR,
        "README: settings",
        "a provider's key is not set",
        Ground.ACCESS,
        "Draft and final need FAL_KEY (or FAL_AI_API_KEY) and ELEVENLABS_API_KEY. A rehearsal needs none.",
    ),
    Rule(
        "key-malformed",
        _ERROR,
        "HTTP: what a header may hold",
        "a key has signs that no key has",
        Ground.ACCESS,
        "A line break, a blank, a quotation mark or a letter outside ASCII came along when it was copied. It is not "
        "sent and not shown.",
    ),
    Rule(
        "address-unfit",
        _ERROR,
        "README: settings",
        "a provider's address is of no use",
        Ground.ACCESS,
        "FAL_BASE_URL and ELEVENLABS_BASE_URL are http(s) addresses with a host, and without a user or a query.",
    ),
    Rule(
        "notify-address",
        _ERROR,
        "README: settings",
        "nobody can be told at an address of `notify`",
        Ground.ACCESS,
        "`notify` in show.yaml takes addresses as Apprise writes them, such as tgram://${NINJA_TELEGRAM}/4711 or "
        "mailto://${NINJA_MAIL}@example.com. An address may hold a secret, so it is not shown.",
    ),
    Rule(
        "notify-variable",
        _WARNING,
        "README: settings",
        "a variable that an address of `notify` names is not set",
        Ground.ACCESS,
        "Where `ninja ui` runs it must be set, else nobody is told there. The show's .env gives names that begin with "
        "NINJA_; others come from the environment.",
    ),
)
_PLACES = (
    Rule(
        "library-unusable",
        _ERROR,
        "README: settings",
        "the library cannot be opened",
        Ground.PLACES,
        "NINJA_LIBRARY is a folder or an fsspec address; s3:// needs the package s3fs, gs:// gcsfs.",
    ),
    Rule(
        "ledger-unusable",
        _ERROR,
        "README: settings",
        "the ledger's address is of no use",
        Ground.PLACES,
        "NINJA_LEDGER_URL is an SQLAlchemy address: sqlite:////a/path/ledger.db, or postgresql://user@host/database.",
    ),
    Rule(
        "home-relative",
        _ERROR,
        "Dagster: DAGSTER_HOME",
        "DAGSTER_HOME is a relative path",
        Ground.PLACES,
        "Dagster takes an absolute path alone: its processes do not share one working directory.",
    ),
    Rule(
        "place-unwritable",
        _ERROR,
        "measured",
        "nothing can be written to a place",
        Ground.PLACES,
        "Output, state, library and Dagster's home are written to in every mode.",
    ),
)
_ARGUMENTS = (
    Rule(
        "argument-empty",
        _ERROR,
        "README: commands",
        "an option names nothing",
        Ground.ARGUMENTS,
        '`--segments ""` names no segment; it does not mean all. Leave the option out for the whole episode.',
    ),
    Rule(
        "argument-unknown",
        _ERROR,
        "README: commands",
        "an argument names what there is not",
        Ground.ARGUMENTS,
        "A mode, a segment or an episode of that name does not exist.",
    ),
)
RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rules in (_FILES, _WORDS, _PICTURES, _SOUND, _CAST, _PROMPTS, _MONEY, _ACCESS, _PLACES, _ARGUMENTS)
    for rule in rules
}
