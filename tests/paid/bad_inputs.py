"""Bad inputs: what a person may write, set or ask for, and the finding that each must give before a dollar is spent."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.stage import PAID_SHOW, Stage

Change = Callable[[Stage], None]
ASK = ("produce", "demo", "--mode", "draft", "--json")


@dataclass(frozen=True)
class Bad:
    """One bad input: what is changed, in which environment it is asked for, and the code of its finding."""

    name: str
    code: str
    change: Change = lambda _: None
    environment: Mapping[str, str | None] = field(default_factory=dict)  # `{root}` is the stage's folder; None: unset
    arguments: tuple[str, ...] = ASK
    where: str = ""  # the end of the finding's place


def says(name: str, code: str, text: str, where: str = "") -> Bad:
    """An episode with these words in its second turn."""
    return Bad(name, code, _episode(f"NINJA: One two three.\nGLITCH: {text}\nNINJA: Four five six.\n"), where=where)


def line(name: str, text: str, code: str = "label-almost") -> Bad:
    """An episode whose second line is this one."""
    return Bad(name, code, _episode(f"NINJA: One two three.\n{text}\nGLITCH: Four five.\n"), where="demo.md:2")


def episode(name: str, code: str, text: str, where: str = "") -> Bad:
    """A whole episode file."""
    return Bad(name, code, _episode(text), where=where)


def show(name: str, code: str, old: str, new: str, where: str = "") -> Bad:
    """The show with a part replaced."""

    def change(stage: Stage) -> None:
        assert old in PAID_SHOW, old
        stage.write_show(PAID_SHOW.replace(old, new))

    return Bad(name, code, change, where=where)


def turn(name: str, code: str, settings: str, text: str = "One two three, here we go.") -> Bad:
    """An episode whose first turn has these settings."""
    return Bad(name, code, _episode(f"NINJA {{{settings}}}: {text}\nGLITCH: Four.\n"), where="demo.md:1")


def picture(name: str, code: str, content: Callable[[], bytes], to: str = "characters/ninja.png") -> Bad:
    """The show with another picture of Ninja."""

    def change(stage: Stage) -> None:
        (stage.show / to).write_bytes(content())

    return Bad(name, code, change)


def file(name: str, code: str, path: str, content: str | bytes, where: str = "") -> Bad:
    """A file of the show's folder."""

    def change(stage: Stage) -> None:
        target = stage.show / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    return Bad(name, code, change, where=where)


def sound(name: str, code: str, content: bytes) -> Bad:
    """The show with a bed."""

    def change(stage: Stage) -> None:
        (stage.show / "bed.wav").write_bytes(content)
        stage.write_show(PAID_SHOW.replace("    caps:", "    sound: {bed: bed.wav}\n    caps:"))

    return Bad(name, code, change, where="show.yaml:17")


def _font(stage: Stage) -> None:
    (stage.show / "own.ttf").write_bytes(b"no font")
    stage.write_show(PAID_SHOW.replace("    caps:", "    look: {captions: {font: own.ttf}}\n    caps:"))


def env(name: str, code: str, **environment: str | None) -> Bad:
    """An environment."""
    return Bad(name, code, environment=environment)


def asks(name: str, code: str, *arguments: str) -> Bad:
    """A command line."""
    return Bad(name, code, arguments=arguments)


def in_place_of(path: str, make: Callable[[Path], None]) -> Change:
    """Something else where a file should be."""

    def change(stage: Stage) -> None:
        target = stage.show / path
        target.unlink(missing_ok=True)
        make(target)

    return change


def _episode(text: str) -> Change:
    return lambda stage: stage.write_episode(text=text)


def png(size: tuple[int, int], mode: str = "RGB") -> bytes:
    """A picture in which something is seen."""
    levels = np.random.default_rng(7).integers(0, 255, (size[1] // 20 + 1, size[0] // 20 + 1, 3), dtype=np.uint8)
    return saved(Image.fromarray(levels).resize(size, Image.Resampling.NEAREST).convert(mode))


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    """A picture as bytes."""
    content = BytesIO()
    image.save(content, kind)
    return content.getvalue()


def huge() -> bytes:
    """169 megapixels in a few kilobytes: a header is enough."""
    return saved(Image.new("1", (13000, 13000)))


def vast(side: int) -> bytes:
    """A PNG that says that it has so many pixels a side, and has none."""
    chunks = ((b"IHDR", side.to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])), (b"IDAT", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(content).to_bytes(4) + name + content + crc32(name + content).to_bytes(4) for name, content in chunks
    )


def wav(levels: NDArray[np.float64], rate: int = 8000) -> bytes:
    """A WAV file of 16-bit samples."""
    data: bytes = (np.clip(levels, -1, 1) * 32767).astype("<i2").tobytes()
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = (1).to_bytes(2, "little") * 2 + rate.to_bytes(4, "little") + (2 * rate).to_bytes(4, "little")
    return (
        head
        + form
        + (2).to_bytes(2, "little")
        + (16).to_bytes(2, "little")
        + b"data"
        + len(data).to_bytes(4, "little")
        + data
    )


VOICE = "{elevenlabs: {voice_id: voiceNinja01}}"
NINJA = "image: characters/ninja.png"
CAPS = "{segment_usd: 2, episode_usd: 10, day_usd: 20}"
LONG_TAG = "[very slowly and with a great deal of quiet menace] Hello."
STREET = "A neon street at night in thick falling snow, slow dolly in"

TEXTS = [
    says("cuneiform", "text-undrawable", "𒀀𒀁𒀂", "demo.md:2"),
    says("linear b", "text-undrawable", "Hello 𐀀𐀁", "demo.md:2"),
    says("gothic", "text-undrawable", "𐌰𐌱𐌲"),
    says("bold mathematical letters", "text-undrawable", "𝗕𝗼𝗹𝗱 news"),
    says("script mathematical letters", "text-undrawable", "𝓕𝓪𝓷𝓬𝔂 news"),
    says("hieroglyphs", "text-undrawable", "𓀀𓀁 says hi"),
    show("cuneiform in a name", "text-undrawable", "name: Ninja", 'name: "𒀀𒀁"', "show.yaml:6"),
    show("a line break in a name", "name-broken", "name: Ninja", 'name: "Nin\\nja"', "show.yaml:6"),
    show("a tab in a name", "name-broken", "name: Ninja", 'name: "Nin\\tja"'),
    show("a blank name", "name-blank", "name: Ninja", 'name: "  "', "show.yaml:6"),
    show("doubled names", "name-doubled", "name: Glitch", "name: Ninja", "show.yaml:6"),
    show("doubled names in other letters", "name-doubled", "name: Glitch", "name: NINJA"),
    show("a blank title of the show", "name-blank", "title: Paid Show", 'title: "  "', "show.yaml:1"),
    show("a bug of blanks", "name-blank", "    caps:", '    look: {titles: {bug: "  "}}\n    caps:'),
    show(
        "an override of direction in a bug",
        "sign-hidden",
        "    caps:",
        '    look: {titles: {bug: "a\u202eb"}}\n    caps:',
    ),
    show("an override of direction in a name", "sign-hidden", "name: Ninja", 'name: "Nin\u202eja"', "show.yaml:6"),
    show("an invisible name", "sign-hidden", "name: Ninja", 'name: "\u200b"', "show.yaml:6"),
    episode("an invisible title", "sign-hidden", '---\ntitle: "\u200b\u3164"\n---\nNINJA: Hi.\n', "demo.md:2"),
    episode("a picture of invisible words", "episode-wrong", "NINJA: Hi.\nBROLL {seconds: 5}: \u200b\n", "demo.md:2"),
    episode("a private character in a title", "sign-hidden", '---\ntitle: "A \ue000"\n---\nNINJA: Hi.\n'),
    episode("an override of direction in a chapter", "sign-hidden", "NINJA: Hi.\n## Two \u202e2\nGLITCH: No.\n"),
    show("a bug that no font has", "text-undrawable", "    caps:", '    look: {titles: {bug: "𒀀"}}\n    caps:'),
    show(
        "a role that no font has",
        "text-undrawable",
        "    caps:",
        '    look: {titles: {lower_third_seconds: 2, roles: {NINJA: "𒀀"}}}\n    caps:',
    ),
    episode("a title that no font has", "text-undrawable", '---\ntitle: "𒀀𒀁"\n---\nNINJA: Hi there.\n'),
    episode("a title with a line break", "text-undrawable", '---\ntitle: "𐌰 \\n b"\n---\nNINJA: Hi there.\n'),
    episode("a chapter that no font has", "text-undrawable", "## 𒀀𒀁\nNINJA: Hi there.\n", "demo.md:2"),
    episode("a shot's words that no font has", "text-undrawable", f"NINJA: Hi.\nBROLL {{seconds: 5}}: {STREET} 𒀀\n"),
]
LABELS = [
    line("a direction after the label", "GLITCH (laughing): No way."),
    line("another direction", "NINJA (excited): Here we go."),
    line("a direction in brackets", "GLITCH [laughing]: No way."),
    line("a label in brackets", "[GLITCH] No way."),
    line("a label letter by letter", "G L I T C H: No way."),
    line("a label before an equals sign", "GLITCH = No way."),
    line("a label in bold without a colon", "**GLITCH** No way."),
    line("a speaker by number", "Speaker 2: No way."),
    line("a cut of a screenplay", "CUT TO:", "direction-spoken"),
    line("a fade of a screenplay", "FADE OUT.", "direction-spoken"),
    line("a scene of a screenplay", "INT. STUDIO - DAY", "direction-spoken"),
    line("a place that a template left", "So {mood} today.", "code-spoken"),
    line("a place that a format left", "That is %s dollars.", "code-spoken"),
    line("a label in brackets with a colon", "[GLITCH]: No way."),
    line("a label in round brackets", "(GLITCH) No way."),
    line("a numbered label", "1. NINJA: No way."),
    line("a label numbered otherwise", "2) GLITCH: No way."),
    line("a dash", "Ninja – No way."),
    line("a long dash", "GLITCH — No way."),
    line("a hyphen", "NINJA - No way."),
    line("a Cyrillic letter", "NІNJA: No way."),
    line("a Greek letter", "GLΙTCH: No way."),
    line("full width", "ＮＩＮＪＡ: No way."),
    line("mathematical letters", "𝗡𝗜𝗡𝗝𝗔: No way."),
    line("stars", "**NINJA:** No way."),
    line("stars within", "**NINJA**: No way."),
    line("small letters", "Ninja: No way."),
    line("all small letters", "glitch: No way."),
    line("a list", "- NINJA: No way."),
    line("a bullet", "• NINJA: No way."),
    line("a quotation", "> NINJA: No way."),
    line("quotation marks", "“NINJA”: No way."),
    line("a full-width colon", "NINJA：No way."),
    line("a semicolon", "NINJA; No way."),
    line("an arrow", "NINJA -> No way."),
    line("a bar", "NINJA | No way."),
    line("a screenplay", "GLITCH\nNo way."),
    line("a screenplay's voice from off", "GLITCH (V.O.)\nNo way."),
    line("a time before it", "00:12 GLITCH: No way."),
    line("a time in brackets before it", "[00:01:12] NINJA: No way."),
    line("a handle", "@GLITCH: No way."),
    line("braces", "{GLITCH}: No way."),
    line("HTML", "<b>GLITCH</b>: No way."),
    line("a full-width comma", "GLITCH，No way."),
    line("a ratio's sign", "GLITCH∶ No way."),
    line("a Greek question mark", "GLITCH\u037e No way."),
    line("two who speak together", "NINJA and GLITCH: No way."),
    line("two with a sign between them", "NINJA & GLITCH: No way."),
    line("two with a comma", "Ninja, Glitch: No way."),
    line("a hidden sign in it", "NIN\u200bJA: No way."),
    line("settings and a direction", "NINJA {take: 2} (sad): No way."),
    episode("a first line of that kind", "label-almost", "GLITCH (laughing): No way.\nNINJA: Hi.\n", "demo.md:1"),
    episode("a numbered first line", "label-almost", "1. NINJA: No way.\n2. GLITCH: Hi.\n", "demo.md:1"),
    episode("a first line in brackets", "label-almost", "[NINJA] No way.\n", "demo.md:1"),
    episode("a first line in small letters", "label-almost", "Ninja: No way.\n", "demo.md:1"),
    episode("after a chapter", "label-almost", "NINJA: Hi.\n## Two\nGLITCH (sad): No.\n", "demo.md:3"),
]
WORDS = [
    says("laughs", "direction-spoken", "No way (laughs) really.", "demo.md:2"),
    says("a direction of several words", "direction-spoken", "(clears throat) No way."),
    says("a direction with an adverb", "direction-spoken", "(laughs softly) No way."),
    says("stars", "direction-spoken", "*sighs* No way."),
    says("two stars", "direction-spoken", "**gasps** No way."),
    says("underscores", "direction-spoken", "_whispering_ No way."),
    says("a German direction", "direction-spoken", "(lacht) Nein."),
    says("a break", "ssml-unread", 'No <break time="1s"/> way.'),
    says("prosody", "ssml-unread", '<prosody rate="slow">No way.</prosody>'),
    says("speak", "ssml-unread", "<speak>No way.</speak>"),
    says("emphasis", "ssml-unread", 'No <emphasis level="strong">way</emphasis>.'),
    says("an address", "address-spoken", "See https://example.com/a/b?c=d now.", "demo.md:2"),
    says("an address with www", "address-spoken", "See www.example.com now."),
    says("an address with a path", "address-spoken", "See example.com/news now."),
    says("an e-mail address", "address-spoken", "Write to ninja@example.com now."),
    says("code in ticks", "code-spoken", "Call `foo(bar)` now."),
    says("a call", "code-spoken", "Call foo() now."),
    says("a comparison", "code-spoken", "If a == b then go."),
    says("a fence", "code-spoken", "Like so:\n```python\nx = 1\n```"),
    says("an arrow function", "code-spoken", "It is x => y now."),
    says("a link that runs a program", "link-unsafe", "See [here](javascript:alert) now."),
    says("a link of data", "link-unsafe", "See [here](data:text/html,hi) now."),
    says("a long tag", "tag-long", LONG_TAG, "demo.md:2"),
    says("a long tag within", "tag-long", f"Well. {LONG_TAG}"),
    says("a private character", "sign-hidden", "No \ue000 way.", "demo.md:2"),
    says("a far private character", "sign-hidden", "No \U000f0001 way."),
    says("an override of direction", "sign-hidden", "No \u202eway\u202c."),
    says("an isolate", "sign-hidden", "No \u2067way\u2069."),
    says("a replacement character", "sign-hidden", "No \ufffd way."),
    says("an object", "sign-hidden", "No \ufffc way."),
    says("a control character", "sign-hidden", "No \x07 way."),
    says("an escape", "sign-hidden", "No \x1b[31m way."),
    says("a NUL", "sign-hidden", "No \x00 way."),
    says("tildes", "direction-spoken", "~sighs~ No way."),
    says("full-width brackets", "direction-spoken", "（laughs） No way."),
    says("what is still to be written", "placeholder-spoken", "TODO write a joke.", "demo.md:2"),
    says("what is not decided", "placeholder-spoken", "TBD"),
    says("a number to be filled in", "placeholder-spoken", "It sold XXX copies."),
    says("a printer's Latin", "placeholder-spoken", "Lorem ipsum dolor sit amet."),
    says("a place for a name", "placeholder-spoken", "Welcome <name> to the show."),
    says("a blank to be filled in", "placeholder-spoken", "My name is ____ and I game."),
    says("a path", "address-spoken", "Open /home/ninja/notes.txt now.", "demo.md:2"),
    says("a path of Windows", "address-spoken", r"Open C:\x now."),
    says("an address as a tag", "tag-unfit", "[https://example.com/x] No way.", "demo.md:2"),
    says("a tag of points", "tag-unfit", "No way [...] at all."),
    says("a footnote", "tag-unfit", "No way [1] at all."),
    says("a label as a tag", "tag-unfit", "No way. [NINJA] Yes way."),
    says("a loose bracket", "episode-wrong", "No [laughs way."),
    says("nothing but a tag", "episode-wrong", "[laughs]"),
]
PICTURES = [
    picture("too small", "image-small", lambda: png((300, 300))),
    picture("too narrow", "image-small", lambda: png((400, 1600))),
    picture("no picture", "image-unreadable", lambda: b"no picture"),
    picture("empty", "image-unreadable", lambda: b""),
    picture("cut off", "image-unreadable", lambda: png((1080, 960))[:900]),
    picture("a text", "image-unreadable", lambda: b"<svg></svg>"),
    picture("169 megapixels", "image-huge", huge),
    picture("black", "image-blank", lambda: saved(Image.new("RGB", (1080, 960)))),
    picture("see-through everywhere", "image-blank", lambda: saved(Image.new("RGBA", (1080, 960)))),
    show("a puppet alone", "picture-missing", NINJA, "puppet: ninja", "show.yaml:5"),
    show("a picture that is not there", "show-wrong", NINJA, "image: characters/gone.png", "show.yaml:7"),
    show("a picture outside", "show-wrong", NINJA, "image: ../../ninja.png"),
    show("no picture at all", "show-wrong", NINJA, "color: '#22d3ee'"),
    show("a picture of another kind", "show-wrong", NINJA, "image: characters/ninja.svg"),
    Bad("a pipe as a picture", "show-wrong", in_place_of("characters/ninja.png", os.mkfifo)),
    Bad("a folder as a picture", "show-wrong", in_place_of("characters/ninja.png", Path.mkdir)),
    turn("b-roll that is not there", "episode-wrong", "broll: gone.png"),
    turn("b-roll that is no picture", "episode-wrong", "broll: show.yaml"),
]
CAST = [
    show("no voice", "voice-missing", f"voice: {VOICE}", "color: '#22d3ee'", "show.yaml:5"),
    show(
        "another's voice alone", "voice-missing", "voice: {elevenlabs: {voice_id: voiceGlitch02}}", "color: '#ff4fd8'"
    ),
    show("stability of v3", "voice-setting", "voiceNinja01", "voiceNinja01, stability: 0.3", "show.yaml:8"),
    show("another stability of v3", "voice-setting", "voiceNinja01", "voiceNinja01, stability: 0.75"),
    show("stability beyond", "show-wrong", "voiceNinja01", "voiceNinja01, stability: 2"),
    show("speed beyond", "show-wrong", "voiceNinja01", "voiceNinja01, speed: 3"),
    show("a voice's odd id", "show-wrong", "voiceNinja01", '"voice ninja"'),
    show("an unknown voice setting", "show-wrong", "voiceNinja01", "voiceNinja01, loudness: 2"),
    show("a voice model that does not exist", "model-unknown", "voiceNinja01", "voiceNinja01, model: eleven_v9"),
    show("a language of three letters", "language-unknown", "slots: 4", "slots: 4\n    language: eng", "show.yaml:3"),
    show("a language by its name", "language-unknown", "slots: 4", "slots: 4\n    language: english"),
    show("a language that does not exist", "language-unknown", "slots: 4", "slots: 4\n    language: xx"),
    show("a voice's language", "language-unknown", "voiceNinja01", "voiceNinja01, language_code: aze"),
    show("a speaker that does not exist", "model-unknown", "ai-avatar/v2/standard", "ai-avatar/v9/standard"),
    show("a speaker that cannot speak", "model-unknown", "ai-avatar/v2/standard", "v2.5-turbo/standard/image-to-video"),
    show("no models for the mode", "models-missing", "draft: {speaker", "# draft: {speaker"),
    show("no caps", "caps-missing", f"caps: {CAPS}", "ui: {paid: true}"),
    turn("a turn's model that does not exist", "model-unknown", "model: fal-ai/nothing"),
    turn("a turn's model that cannot speak", "model-unknown", "model: fal-ai/kling-video/o3/pro/text-to-video"),
    turn("a camera that does not exist", "episode-wrong", "camera: moon"),
    turn("a mood that does not exist", "episode-wrong", "mood: furious"),
    turn("an unknown setting", "episode-wrong", "tkae: 2"),
    turn("a setting without its space", "episode-wrong", "take:2"),
    turn("a setting without its colon", "episode-wrong", "take 2"),
    turn("a decimal comma", "episode-wrong", "beat: 0,8"),
    turn("a beat that is no number", "episode-wrong", "beat: nan"),
    turn("a take of nothing", "episode-wrong", "take: 0"),
    episode(
        "b-roll after its turn",
        "broll-late",
        f"NINJA: Hi.\nBROLL {{seconds: 5, over: true, begins: 30}}: {STREET}\n",
        "demo.md:2",
    ),
    episode("b-roll over nothing", "episode-wrong", f"BROLL {{seconds: 5, over: true}}: {STREET}\nNINJA: Hi.\n"),
    episode("a shot too long", "episode-wrong", f"NINJA: Hi.\nBROLL {{seconds: 500}}: {STREET}\n"),
    episode("a shot of an unknown kind", "episode-wrong", f"NINJA: Hi.\nBROL {{seconds: 5}}: {STREET}\n"),
    episode("a shot from nothing", "episode-wrong", f"NINJA: Hi.\nEDIT {{clip: gone}}: {STREET}\n"),
]
PRICE = 'endpoint = "a/b"\nunit = "second"\nunit_usd = 0.1\ndate = 2026-11-01\nsource = "x"\n'
FILES = [
    file("an unknown key of a price", "prices-wrong", "prices.toml", f"[[price]]\n{PRICE}unti = 3\n", "prices.toml:7"),
    file("an unknown table of prices", "prices-wrong", "prices.toml", f"[[prices]]\n{PRICE}", "prices.toml:1"),
    file("a price below nothing", "prices-wrong", "prices.toml", "[[price]]\n" + PRICE.replace("0.1", "-1"), ":4"),
    file("a price without a source", "prices-wrong", "prices.toml", "[[price]]\n" + PRICE.replace('source = "x"', "")),
    file("a price of an unknown unit", "prices-wrong", "prices.toml", "[[price]]\n" + PRICE.replace("second", "hour")),
    file("prices that are no TOML", "prices-wrong", "prices.toml", "[[price]\n"),
    file("prices that are no text", "prices-wrong", "prices.toml", b"\xff\xfe\x00"),
    file("an unknown key of prompts", "prompts-wrong", "prompts.yaml", "lnit: {}\n", "prompts.yaml:1"),
    file("an unknown rule", "prompts-wrong", "prompts.yaml", "lint: {severity: {vauge: off}}\n"),
    file("a fact that is switched off", "prompts-wrong", "prompts.yaml", "lint: {severity: {text-undrawable: off}}\n"),
    file("an episode that is no text", "episode-wrong", "episodes/demo.md", b"\xff\xfe\x00\x01"),
    file("an episode in UTF-16", "episode-wrong", "episodes/demo.md", "NINJA: Hi.\n".encode("utf-16-le"), "demo.md:1"),
    file("an episode that is a picture", "episode-wrong", "episodes/demo.md", b"\x89PNG\r\n\x1a\n\xff\xff"),
    file("an empty episode", "episode-wrong", "episodes/demo.md", ""),
    file("an endless episode", "episode-wrong", "episodes/demo.md", "NINJA: Hi.\n" * 60_000),
    file("front matter that is not closed", "episode-wrong", "episodes/demo.md", "---\ntitle: x\nNINJA: Hi.\n"),
    file("unknown front matter", "episode-wrong", "episodes/demo.md", "---\ntilte: x\n---\nNINJA: Hi.\n", "demo.md:2"),
    file("a show that is no YAML", "show-wrong", "show.yaml", "title: [\n"),
    file("a show that is no text", "show-wrong", "show.yaml", b"\xff\xfe\x00\x01"),
    file("an empty show", "show-wrong", "show.yaml", ""),
    Bad("a pipe as an episode", "file-unreadable", in_place_of("episodes/demo.md", os.mkfifo)),
    Bad(
        "a device as an episode",
        "file-unreadable",
        in_place_of("episodes/demo.md", lambda at: at.symlink_to("/dev/zero")),
    ),
    Bad("a folder as an episode", "file-unreadable", in_place_of("episodes/demo.md", Path.mkdir)),
    Bad("a pipe as the show", "file-unreadable", in_place_of("show.yaml", os.mkfifo)),
    Bad("a device as the show", "file-unreadable", in_place_of("show.yaml", lambda at: at.symlink_to("/dev/zero"))),
    Bad("a pipe as prices", "file-unreadable", in_place_of("prices.toml", os.mkfifo)),
    Bad("a device as prompts", "file-unreadable", in_place_of("prompts.yaml", lambda at: at.symlink_to("/dev/zero"))),
    sound("a bed that is no sound", "sound-unreadable", b"no sound"),
    sound("an empty bed", "sound-unreadable", b""),
    sound("a bed without samples", "sound-unreadable", wav(np.zeros(0))),
    sound("a silent bed", "sound-silent", wav(np.zeros(32_000))),
    sound("a bed that is heard after the cut alone", "sound-silent", wav(np.repeat([0.0, 0.5], 8000 * 90))),
    Bad("a font that is a text", "font-unreadable", _font, where="show.yaml:17"),
    show("a disclosure of blanks", "show-wrong", "    caps:", "    publish: {disclosure: ' '}\n    caps:"),
    show("a bed that is not there", "show-wrong", "    caps:", "    sound: {bed: gone.wav}\n    caps:"),
    show("an unquoted colour", "colour-unquoted", NINJA, f"color: #c080ff\n        {NINJA}", "show.yaml:7"),
    show("an unquoted short colour", "colour-unquoted", NINJA, f"color: #c0f\n        {NINJA}"),
    show("a colour by its name", "show-wrong", NINJA, f"color: cyan\n        {NINJA}"),
    show("an unknown setting", "show-wrong", "slots: 4", "slots: 4\n    colour: red", "show.yaml:3"),
    show("an alias", "show-wrong", "name: Glitch", "name: *one", "show.yaml:10"),
    show("a tag of Python", "show-wrong", "title: Paid Show", "title: !!python/object/apply:os.system [id]", ":1"),
    show("an escape of no character", "show-wrong", "title: Paid Show", 'title: "a\\UFFFFFFFF"', "show.yaml:1"),
    show("an escape of a NUL in a path", "show-wrong", "characters/ninja.png", '"characters/\\0ninja.png"', ":7"),
    show("a path without an end", "show-wrong", "characters/ninja.png", f"{'a' * 5000}.png", "show.yaml:7"),
    show("an address as a picture", "show-wrong", "characters/ninja.png", "https://example.com/a.png", "show.yaml:7"),
    show("two documents", "show-wrong", "    caps:", "    ---\n    caps:"),
    show("a setting twice", "show-wrong", "slots: 4", "slots: 4\n    slots: 5"),
    show("an owner by name", "owner-unfit", '["team:test"]', "[bob]", "show.yaml:3"),
    show("an empty team", "owner-unfit", '["team:test"]', '["team:"]'),
    show("half an address as an owner", "owner-unfit", '["team:test"]', '["bob@home"]'),
]
MONEY = [
    show(
        "a segment over an episode", "caps-contradict", CAPS, "{segment_usd: 20, episode_usd: 10, day_usd: 20}", ":17"
    ),
    show("an episode over a day", "caps-contradict", CAPS, "{segment_usd: 2, episode_usd: 30, day_usd: 20}"),
    show("a day over a month", "caps-contradict", CAPS, "{segment_usd: 2, episode_usd: 10, day_usd: 20, month_usd: 5}"),
    show("caps of nothing", "show-wrong", CAPS, "{segment_usd: 0, episode_usd: 10, day_usd: 20}"),
    show("caps without an end", "show-wrong", CAPS, "{segment_usd: .inf, episode_usd: 10, day_usd: 20}"),
    show(
        "a segment's cap that the quote breaks",
        "caps-broken",
        CAPS,
        "{segment_usd: 0.05, episode_usd: 10, day_usd: 20}",
    ),
    show("an episode's cap", "caps-broken", CAPS, "{segment_usd: 0.3, episode_usd: 0.3, day_usd: 20}", "show.yaml"),
    show("a day's cap", "caps-broken", CAPS, "{segment_usd: 0.3, episode_usd: 0.3, day_usd: 0.3}"),
]
ENVIRONMENT = [
    env("no key of fal.ai", "key-missing", FAL_KEY=None),
    env("no key of ElevenLabs", "key-missing", ELEVENLABS_API_KEY=None),
    env("an empty key", "key-missing", FAL_KEY=""),
    env("a blank key", "key-missing", ELEVENLABS_API_KEY="   "),
    env("a line break", "key-malformed", FAL_KEY="abc:def\n"),
    env("a carriage return", "key-malformed", ELEVENLABS_API_KEY="sk_abc\r"),
    env("a line break within", "key-malformed", ELEVENLABS_API_KEY="sk_abc\nsk_def"),
    env("a blank within", "key-malformed", FAL_KEY="abc def"),
    env("quotation marks", "key-malformed", ELEVENLABS_API_KEY='"sk_abc"'),
    env("Cyrillic letters", "key-malformed", ELEVENLABS_API_KEY="sk_абв"),
    env("typographic quotation marks", "key-malformed", FAL_KEY="“abc:def”"),
    env("an address without a scheme", "address-unfit", FAL_BASE_URL="localhost:8080"),
    env("an address of files", "address-unfit", FAL_BASE_URL="file:///etc/passwd"),
    env("an address without a host", "address-unfit", ELEVENLABS_BASE_URL="http://"),
    env("an address with a user", "address-unfit", ELEVENLABS_BASE_URL="http://me:secret@localhost"),
    env("an address with a query", "address-unfit", FAL_BASE_URL="http://localhost?x=1"),
    env("an address with a blank", "address-unfit", FAL_BASE_URL="http://local host"),
    env("an address with an odd port", "address-unfit", ELEVENLABS_BASE_URL="http://localhost:99999999"),
    env(
        "an s3 library without its package or without keys",
        "library-unusable",
        NINJA_LIBRARY="s3://bucket/library",
        AWS_EC2_METADATA_DISABLED="true",
    ),
    env("a library at nowhere", "library-unusable", NINJA_LIBRARY="warp://bucket/library"),
    env("a ledger at nowhere", "ledger-unusable", NINJA_LEDGER_URL="oracle://somewhere"),
    env("a ledger that is no address", "ledger-unusable", NINJA_LEDGER_URL="ledger.db"),
    env("a ledger in memory", "ledger-unusable", NINJA_LEDGER_URL="sqlite://"),
    env("a ledger at an odd port", "ledger-unusable", NINJA_LEDGER_URL="postgresql://me:secret@host:abc/db"),
    env("a library that is a page", "library-unusable", NINJA_LIBRARY="https://me:secret@example.com/library"),
    env("a place to publish without a name", "library-unusable", NINJA_PUBLISH="s3://"),
    env("a place to publish below a file", "place-unwritable", NINJA_PUBLISH="{root}/show/show.yaml/published"),
    env("output with a line break", "place-unwritable", NINJA_OUTPUT="{root}/out\nput"),
    env("an ffmpeg at nowhere", "ffmpeg-unfit", IMAGEIO_FFMPEG_EXE="/nowhere/ffmpeg"),
    env("an ffmpeg that is another program", "ffmpeg-unfit", IMAGEIO_FFMPEG_EXE=sys.executable),
    env("requests at once that are no number", "number-unfit", FAL_CONCURRENCY="many"),
    env("requests at once in other digits", "number-unfit", ELEVENLABS_CONCURRENCY="٣"),
    env("a relative home", "home-relative", DAGSTER_HOME="dagster_home"),
    env("a home with a tilde", "home-relative", DAGSTER_HOME="~/dagster"),
    env("a relative ledger", "place-relative", NINJA_LEDGER_URL="sqlite:///ledger.db"),
    env("a relative library", "place-relative", NINJA_LIBRARY="films"),
    env("output below a file", "place-unwritable", NINJA_OUTPUT="{root}/show/show.yaml/output"),
    env("output that is a device", "place-unwritable", NINJA_OUTPUT="/dev/null"),
    env("a library below a file", "place-unwritable", NINJA_LIBRARY="{root}/show/show.yaml/library"),
    env("a home below a file", "place-unwritable", DAGSTER_HOME="{root}/show/show.yaml/home"),
    env("a ledger below a file", "place-unwritable", NINJA_LEDGER_URL="sqlite:///{root}/show/show.yaml/ledger.db"),
    env("a show that is not there", "file-unreadable", NINJA_SHOW="{root}/nowhere"),
    env("a mode that does not exist", "argument-unknown", NINJA_MODE="dream"),
]
ARGUMENTS = [
    asks("no segments", "argument-empty", *ASK, "--segments", ""),
    asks("a comma", "argument-empty", *ASK, "--segments", ","),
    asks("blanks and commas", "argument-empty", *ASK, "--segments", " , ,"),
    asks("nothing to make anew", "argument-empty", *ASK, "--retake", "--retake-of", ""),
    asks("a comma to make anew", "argument-empty", *ASK, "--retake", "--retake-of", ","),
    asks("what to make anew, without --retake", "argument-unknown", *ASK, "--retake-of", "voice"),
    asks("an approval of no segments", "argument-empty", "approve", "demo", "--segments", ",", "--json"),
    asks("an approval of no comparison", "argument-empty", "approve", "demo", "--compare", "", "--json"),
    asks(
        "a cap without an end",
        "argument-unknown",
        "compare",
        "demo",
        "--segment",
        "s01",
        "--models",
        "v2/pro,v2/standard",
        "--cap",
        "inf",
        "--json",
    ),
    asks("a note of no number", "argument-unknown", "notes", "demo", "--done", "9" * 30, "--json"),
    asks("notes of an episode that does not exist", "argument-unknown", "notes", "gone", "--json"),
    asks("a segment that does not exist", "argument-unknown", *ASK, "--segments", "s04"),
    asks("a segment that is none", "argument-unknown", *ASK, "--segments", "3"),
    asks("a mode that does not exist", "argument-unknown", "produce", "demo", "--mode", "dream", "--json"),
    asks("an episode that does not exist", "file-unreadable", "produce", "gone", "--mode", "draft", "--json"),
    asks("an episode that cannot be one", "argument-unknown", "produce", "../demo", "--mode", "draft", "--json"),
]
TABLE = [*TEXTS, *LABELS, *WORDS, *PICTURES, *CAST, *FILES, *MONEY, *ENVIRONMENT, *ARGUMENTS]
