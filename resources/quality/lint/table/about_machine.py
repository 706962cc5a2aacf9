"""Rows of the table: the environment, this machine, and what was asked for."""

from typing import Final

from resources.quality.lint.table.rule import ERROR, WARNING, Ground, Rule

ACCESS: Final = (
    Rule(
        "key-missing",
        ERROR,
        "README: settings",
        "a provider's key is not set",
        Ground.ACCESS,
        "Draft and final need FAL_KEY (or FAL_AI_API_KEY) and ELEVENLABS_API_KEY. A rehearsal needs none.",
    ),
    Rule(
        "key-malformed",
        ERROR,
        "HTTP: what a header may hold",
        "a key has signs that no key has",
        Ground.ACCESS,
        "A line break, a blank, a quotation mark or a letter outside ASCII came along when it was copied. It is not "
        "sent and not shown.",
    ),
    Rule(
        "address-unfit",
        ERROR,
        "README: settings",
        "a provider's address is of no use",
        Ground.ACCESS,
        "FAL_BASE_URL and ELEVENLABS_BASE_URL are http(s) addresses with a host, and without a user or a query.",
    ),
    Rule(
        "number-unfit",
        ERROR,
        "README: settings",
        "how many requests go at once is no number",
        Ground.ACCESS,
        "FAL_CONCURRENCY and ELEVENLABS_CONCURRENCY are whole numbers; without one the provider's own limit holds.",
    ),
    Rule(
        "notify-address",
        ERROR,
        "README: settings",
        "nobody can be told at an address of `notify`",
        Ground.ACCESS,
        "`notify` in show.yaml takes addresses as Apprise writes them, such as tgram://${NINJA_TELEGRAM}/4711 or "
        "mailto://${NINJA_MAIL}@example.com. An address may hold a secret, so it is not shown.",
    ),
    Rule(
        "notify-variable",
        WARNING,
        "README: settings",
        "a variable that an address of `notify` names is not set",
        Ground.ACCESS,
        "Where `ninja ui` runs it must be set, else nobody is told there. The show's .env gives names that begin with "
        "NINJA_; others come from the environment.",
    ),
)
PLACES: Final = (
    Rule(
        "library-unusable",
        ERROR,
        "README: settings",
        "the library cannot be opened",
        Ground.PLACES,
        "NINJA_LIBRARY is a folder or an fsspec address; s3:// needs the package s3fs, gs:// gcsfs. The bucket must be "
        "there, that of NINJA_PUBLISH too.",
    ),
    Rule(
        "ledger-unusable",
        ERROR,
        "README: settings",
        "the ledger's address is of no use",
        Ground.PLACES,
        "NINJA_LEDGER_URL is an SQLAlchemy address: sqlite:////a/path/ledger.db, or postgresql://user@host/database.",
    ),
    Rule(
        "ffmpeg-unfit",
        ERROR,
        "README: settings",
        "another ffmpeg cannot make the pictures",
        Ground.PLACES,
        "IMAGEIO_FFMPEG_EXE names a program in place of the one that is installed with the project. It is tried before "
        "anything is bought or drawn: older and smaller builds lack filters or their options.",
    ),
    Rule(
        "home-relative",
        ERROR,
        "Dagster: DAGSTER_HOME",
        "DAGSTER_HOME is a relative path",
        Ground.PLACES,
        "Dagster takes an absolute path alone: its processes do not share one working directory.",
    ),
    Rule(
        "place-relative",
        ERROR,
        "measured",
        "the ledger's or the library's path is relative",
        Ground.PLACES,
        "Runs of the pages begin in other folders than your shell: they would find another ledger, and buy again.",
    ),
    Rule(
        "place-unwritable",
        ERROR,
        "measured",
        "nothing can be written to a place",
        Ground.PLACES,
        "Output, state, library and Dagster's home are written to in every mode; not the home, where its dagster.yaml "
        "keeps runs and their logs elsewhere.",
    ),
)
ARGUMENTS: Final = (
    Rule(
        "argument-empty",
        ERROR,
        "README: commands",
        "an option names nothing",
        Ground.ARGUMENTS,
        '`--segments ""` names no segment; it does not mean all. Leave the option out for the whole episode.',
    ),
    Rule(
        "argument-unknown",
        ERROR,
        "README: commands",
        "an argument names what there is not",
        Ground.ARGUMENTS,
        "A mode, a segment or an episode of that name does not exist.",
    ),
)
