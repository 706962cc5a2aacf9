"""Rows of the table: words, labels, names and tags."""

from typing import Final

from resources.quality.lint.table.rule import ERROR, WARNING, Ground, Rule

WORDS: Final = (
    Rule(
        "label-almost",
        ERROR,
        "docs/episode-file.md",
        "a line is almost a label",
        Ground.WORDS,
        "`GLITCH (laughing): …`, `[GLITCH] …`, `1. NINJA: …`, `Ninja – …` and labels with look-alike letters are no "
        "labels: the turn above would speak them, in another's voice; nor is one within a line. `ninja fix EPISODE` "
        "rewrites what is certain and shows the difference first. A line that is meant to be spoken so can be joined "
        "to the line before it, and a colon is written `\\:`.",
    ),
    Rule(
        "text-undrawable",
        ERROR,
        "measured: the fonts that draw",
        "a text cannot be drawn",
        Ground.WORDS,
        "Captions, name tags, titles and the storyboard are drawn from the words; a letter that no font has would be "
        "missing. Captions that are off change nothing: the storyboard is drawn from the same words.",
    ),
    Rule(
        "emoji-unseen",
        WARNING,
        "measured: the drawings of emoji",
        "an emoji is not drawn",
        Ground.WORDS,
        "Captions, titles, names, chapters and other plates show emoji in colour; one that is younger than the "
        "drawings is left out of the picture, subtitles have it.",
    ),
    Rule(
        "caption-faint",
        WARNING,
        "WCAG 2.2, 1.4.3: 3 to 1 for large letters",
        "captions can hardly be read",
        Ground.WORDS,
        "Colours of `look.captions` are drawn as they are given. A character's own colour (`speaker`) is made as much "
        "lighter or darker as letters need.",
    ),
    Rule(
        "sign-hidden",
        ERROR,
        "measured",
        "a text has signs that nobody sees",
        Ground.WORDS,
        "Private and control characters and those that turn the direction of writing come from other programs. They "
        "are drawn as boxes or not at all, and a voice may stumble over them. `ninja fix EPISODE` deletes them.",
    ),
    Rule("name-blank", ERROR, "docs/show-yaml.md", "a name is blank", Ground.WORDS, "It would be an empty plate."),
    Rule(
        "name-doubled",
        ERROR,
        "docs/show-yaml.md",
        "two characters have one name",
        Ground.WORDS,
        "Viewers, subtitles and the edit list could not tell them apart.",
    ),
    Rule(
        "name-broken",
        ERROR,
        "docs/show-yaml.md",
        "a name or title has a line break",
        Ground.WORDS,
        "Plates and subtitles have one line for it.",
    ),
    Rule(
        "direction-spoken",
        ERROR,
        "docs/sources/elevenlabs.md#tags",
        "a stage direction would be spoken",
        Ground.WORDS,
        "What stands in round brackets or between stars is read aloud: `(laughs)` is heard as a word. A performance "
        "tag is written `[laughs]`. `ninja fix EPISODE` rewrites it.",
    ),
    Rule(
        "ssml-unread",
        ERROR,
        "docs/sources/elevenlabs.md#tags",
        "markup of speech is not read",
        Ground.WORDS,
        "SSML is left out before a line is sent: what it asks for does not happen. Write a performance tag, such as "
        "`[pause]`, or punctuation.",
    ),
    Rule(
        "address-spoken",
        ERROR,
        "measured: 13 s of speech for one address",
        "an address, or a file's path, would be spoken letter by letter",
        Ground.WORDS,
        "Say the name of the site, and put the address into the description. A link `[text](https://…)` is fine: its "
        "text alone is spoken.",
    ),
    Rule(
        "code-spoken",
        ERROR,
        "measured",
        "code would be spoken",
        Ground.WORDS,
        "A voice reads brackets and signs in some way of its own. Say what the code does.",
    ),
    Rule("link-unsafe", ERROR, "measured", "a link runs a program", Ground.WORDS, "Only http(s) links are written."),
    Rule(
        "placeholder-spoken",
        ERROR,
        "measured",
        "words are still to be written",
        Ground.WORDS,
        "`TODO`, `FIXME`, `XXX`, lorem ipsum and a line `TBD` would be spoken; `<name>` and `____` would be left out, "
        "and a sentence with a hole be bought. A remark to yourself is written `<!-- so -->`.",
    ),
    Rule(
        "tag-unfit",
        ERROR,
        "docs/sources/elevenlabs.md#tags",
        "a tag is no direction to who speaks",
        Ground.WORDS,
        "What stands in square brackets is performed, not said: `[1]`, `[...]`, `[TODO]`, an address or somebody's "
        "label is nothing to perform. A voice model reads it aloud, or makes up something.",
    ),
    Rule(
        "tag-long",
        ERROR,
        "docs/sources/elevenlabs.md#tags",
        "a performance tag has too many words",
        Ground.WORDS,
        "With more than about eight words in a tag the newest voice model spoke the line twice. How a whole turn is "
        "performed is said by `{acting: …}`.",
    ),
)
