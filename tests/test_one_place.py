"""What one place alone knows: the kinds of segments, what a thing is bought as, the names of recipes. In `make check`.

A second place that knows it agrees with the first by discipline only, until it does not: then a clip is bought twice.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path

import pytest

from resources.content.shots import SHOTS
from resources.core.settings import ROOT

REQUESTS = "resources/purchasing/requests"
# The modules that know the kinds of segments: their own, and the registry of their requests.
KNOWING = {"resources/content/segments.py", f"{REQUESTS}/segment_kinds.py"}
KINDS = {"Turn", "PlacedShot", "TurnRequests", "ShotRequests"}  # and what stands for a kind elsewhere
# Who may ask whether a thing has an attribute: of an SDK, of limits; never of a segment.
HASATTR = {"resources/providers/fal/wire/client.py", "docs/write/models.py"}
# The modules that may build a purchase, or say what is bought.
BUILDERS = {
    # `entry.py` gives back the purchase that a row is of, as it was asked for then; `reconciliation.py` reads one from
    # a provider's own list.
    "Purchase": {
        f"{REQUESTS}/market.py",
        f"{REQUESTS}/voice_requests.py",
        "resources/purchasing/ledger/tables/entry.py",
        "resources/purchasing/accounts/reconciler.py",
    },
    "Request": {f"{REQUESTS}/clip_requests.py", f"{REQUESTS}/shot_requests.py", f"{REQUESTS}/voice_requests.py"},
}


@cache
def product() -> tuple[tuple[str, str], ...]:
    """Each module of the product with its text."""
    files = [file for top in ("resources", "ninja_assets") for file in sorted((ROOT / top).rglob("*.py"))]
    return tuple((file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files)


def nodes(source: str, *words: str) -> Iterator[ast.AST]:
    """What a text consists of; nothing where none of the words stands in it, which is seen at once."""
    if any(word in source for word in words):
        yield from ast.walk(ast.parse(source))


# Kinds of segments


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def calls(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def switches(source: str, kinds: Set[str] = KINDS) -> Iterator[str]:
    """Where a text asks for the kind of a segment: `isinstance`, `type(…)`, `match`, the name of a kind."""
    for node in nodes(source, *kinds, "kind"):
        if isinstance(node, ast.Call) and calls(node, "isinstance", "issubclass"):
            if names_in(node.args[-1]) & kinds:
                yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.MatchClass) and names_in(node.cls) & kinds:
            yield f"{node.cls.lineno}: case {ast.unparse(node)}"
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            of_kind = any(isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides)
            named = any(isinstance(each, ast.Constant) and each.value in ("turn", "shot") for each in ast.walk(node))
            typed = any(calls(side, "type") for side in sides) and names_in(node) & kinds
            if (of_kind and named) or typed:
                yield f"{node.lineno}: {ast.unparse(node)}"


def test_nobody_switches_on_the_kind_of_a_segment() -> None:
    found = [f"{file}:{switch}" for file, source in product() if file not in KNOWING for switch in switches(source)]
    assert found == []


def test_nobody_above_the_resources_switches_on_the_kind_of_a_shot() -> None:
    kinds = {kind.__name__ for kind in SHOTS.values()}
    above = [(file, source) for file, source in product() if file.startswith("ninja_assets")]
    assert [f"{file}:{switch}" for file, source in above for switch in switches(source, kinds)] == []


def test_nobody_asks_a_segment_whether_it_has_something() -> None:
    assert {file for file, source in product() if "hasattr(" in source} <= HASATTR


@pytest.mark.parametrize(
    "source",
    [
        "isinstance(content, Turn)",
        "isinstance(each, (Turn, PlacedShot))",
        "x = 1 if isinstance(content, PlacedShot | None) else 2",
        "match content:\n    case Turn():\n        pass",
        'content.kind == "shot"',
        'content.kind in ("turn",)',
        "type(content) is Turn",
    ],
)
def test_every_form_of_a_switch_is_found(source: str) -> None:
    assert len(list(switches(source))) == 1


# Purchases


def test_what_a_thing_is_bought_as_is_said_on_the_one_road_alone() -> None:
    found: dict[str, set[str]] = {name: set() for name in BUILDERS}
    for file, source in product():
        for node in nodes(source, *BUILDERS):
            for name in BUILDERS:
                if calls(node, name):
                    found[name].add(file)
    assert found == BUILDERS


# Errors


def test_no_error_says_that_it_cannot_happen() -> None:
    found = [
        f"{file}:{node.lineno}: {ast.unparse(node)}"
        for file, source in product()
        for node in nodes(source, "assert", "AssertionError")
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and "AssertionError" in ast.unparse(node))
    ]
    assert found == []
    assert [file for file, source in product() if "unreachable" in source] == []


# Words


def identifiers(source: str, among: Set[str]) -> set[str]:
    """Which of these a text gives as names: to definitions, variables, attributes, arguments."""
    fields = ("name", "id", "attr", "arg")
    found = (getattr(node, each, None) for node in nodes(source, *among) for each in fields)
    return {name for name in found if isinstance(name, str)} & among


def test_a_message_is_no_told_and_a_hint_no_mend() -> None:
    """The field's words (docs/architecture.md#words). Keys of JSON and columns keep theirs: they are no identifiers."""
    private = {"told", "_told", "mend", "_mend"}
    assert {file: names for file, source in product() if (names := identifiers(source, private))} == {}


# Rooms


def modules() -> list[Path]:
    """Every module of the product, packages' own aside."""
    return [ROOT / file for file, _ in product() if not file.endswith("__init__.py")]


def test_a_room_has_at_most_a_dozen_modules() -> None:
    """Migrations aside: none of them is ever taken away or joined with another."""
    rooms = Counter(file.parent.relative_to(ROOT).as_posix() for file in modules() if file.parent.name != "versions")
    assert {room: number for room, number in rooms.items() if number > 12} == {}


def test_a_module_is_found_by_its_name() -> None:
    """What ElevenLabs and fal.ai, or a command and what it asks, have alike; nothing else stands twice."""
    names = Counter(file.stem for file in modules())
    assert {name for name, number in names.items() if number > 1} == {
        "ledger", "resource", "script", "shots", "statement", "voices"
    }  # fmt: skip


# Tests

# Modules without a test file of their name, by why, and by room. Every other module has one.
WITHOUT_TESTS = {
    "tables, words, and shapes of values: nothing is decided there": {
        "ninja_assets/cells": "asset work",
        "ninja_assets/cells/record": "cell_values",
        "ninja_assets/runs/doctor": "doctor_finding",
        "resources/content": "moods show",
        "resources/content/settings": "characters",
        "resources/media/direction": "styles views",
        "resources/media": "endings",
        "resources/media/picture": "composite_order",
        "resources/media/typography": "caption_styles",
        "resources/models/endpoints": "endpoint ids sources",
        "resources/models/families": "avatars common from_references image_to_video still_images text_to_video voices",
        "resources/providers": "protocols",
        "resources/purchasing/ledger/tables": "entry rows",
        "resources/purchasing/requests": "briefs",
        "resources/purchasing/state": "tables",
        "resources/quality": "platforms",
        "resources/quality/lint": "linted_episode",
        "resources/quality/lint/table": "about_casting about_files about_machine about_pictures about_prompts "
        "about_words rule",
    },
    "pictures and pages: looked at whole, by the tests of their room": {
        "ninja_assets/cut": "delivery joining posters review",
        "resources/deliver": "comparison_page edit_list timeline",
        "resources/media/direction": "stress",
        "resources/media/picture": "cutaways framing layers",
        "resources/media/typography": "cues phrases subtitles text",
        "resources/providers/offline": "backdrop espeak local_files own_picture slate timing",
        "resources/providers/offline/puppets": "encode glitch motion ninja parts puppet_scene rasterize stage",
    },
    "shells around Dagster, a terminal, a server, a disk or ffmpeg: run whole, against the real thing": {
        "ninja_assets/assets": "composites final_video listener_clips script "
        "shots speaker_clips tts_audio uploaded_urls",
        "ninja_assets": "build served",
        "ninja_assets/cells": "check_results links",
        "ninja_assets/cli": "app approval display groups options output",
        "ninja_assets/cli/commands/machine": "doctor ui",
        "ninja_assets/cli/commands/making": "archive decline import_file notes open take",
        "ninja_assets/cli/commands/money": "costs ledger prices quote reconcile",
        "ninja_assets/cli/commands/writing": "explain schema voices",
        "ninja_assets/cut": "noting",
        "ninja_assets/desk": "metrics routes server_probe tether",
        "ninja_assets/desk/site": "acts click_prices compared_models episode "
        "episode_list graphql_launches media spending_page waiting",
        "ninja_assets/reports": "match_offers model_comparison reconciliation",
        "resources/core/library": "local_store",
        "resources/media": "delivered_file",
        "resources/providers/elevenlabs": "resource",
        "resources/providers/fal": "resource",
    },
}


def test_every_module_has_its_test_file_or_a_reason_why_not() -> None:
    """A new module comes with its test file, and one that gets it leaves the list."""
    named = {
        f"{room}/{name}.py"
        for rooms in WITHOUT_TESTS.values()
        for room, names in rooms.items()
        for name in names.split()
    }
    without = {
        file.as_posix()
        for file in (module.relative_to(ROOT) for module in modules())
        if "migrations" not in file.parts and not (ROOT / "tests" / file.parent / f"test_{file.name}").exists()
    }
    assert without == named
