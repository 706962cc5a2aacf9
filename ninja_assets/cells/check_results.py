"""Findings as Dagster shows them: a spec for each check, one result for each check of an episode, a cell's own line.

A result of each check and cell would be what `AssetCheckSpec(partitions_def=…)` is for: in 1.13 it writes a row for
each check and slot of a run, which doubles an episode's event bytes and costs seconds. So a result is an episode's: it
names it, its table has every segment that the episode has, also those that the run did not make, and each cell has the
line of its own checks in its metadata.
"""

from collections.abc import Mapping, Sequence

import dagster as dg

from ninja_assets.cells.asset import Declared
from ninja_assets.cells.links import desk_links
from resources.core.names import Mode
from resources.quality.checks.report import Check, Finding


def check_specs(assets: Sequence[Declared]) -> list[dg.AssetCheckSpec]:
    """The specs of all checks, each on the asset that it judges."""
    return [
        dg.AssetCheckSpec(check.name, asset=asset.name, description=_about(check))
        for asset in assets
        for check in asset.checks
    ]


def check_results(asset: Declared, found: Mapping[str, Sequence[Finding]], mode: Mode) -> list[dg.AssetCheckResult]:
    """The result of each check of an asset that found anything. `found`: the findings by episode."""
    results = []
    for check in asset.checks:
        rows = [(episode, each) for episode, all_of in found.items() for each in all_of if each.check == check.name]
        if rows:
            results.append(_result(asset.name, check, rows, mode))
    return results


def summary(findings: Sequence[Finding], segment: str) -> str:
    """What a cell says of its checks, in one line; what concerns the whole cut counts for each segment."""
    mine = [finding for finding in findings if finding.segment in ("", segment)]
    failed = [f"{_named(finding)}: {finding.message}" for finding in mine if not finding.passed]
    return "; ".join(failed) or f"all {len({finding.check for finding in mine})} passed"


def _named(finding: Finding) -> str:
    return f"{finding.check} ({finding.shape})" if finding.shape else finding.check


def verdict(findings: Sequence[Finding], segment: str) -> str:
    """How the checks of a segment ended, in as few words as a storyboard's tile has room for."""
    failed = [
        finding.check.replace("_", " ") for finding in findings if finding.segment == segment and not finding.passed
    ]
    return f"fails: {', '.join(failed)}" if failed else "checks passed"


def _about(check: Check) -> str:
    return f"{check.about} {'Stops the cut.' if check.gate else 'Warns only.'}"


def _result(asset: str, check: Check, rows: Sequence[tuple[str, Finding]], mode: Mode) -> dg.AssetCheckResult:
    failed = [finding for _, finding in rows if not finding.passed]
    results = []
    for episode in dict.fromkeys(episode for episode, _ in rows):
        mine = [finding for name, finding in rows if name == episode]
        bad = [finding.place for finding in mine if not finding.passed]
        results.append(
            f"{episode}: {len(bad)} of {len(mine)} fail: {', '.join(bad)}"
            if bad
            else f"{episode}: all {len(mine)} pass"
        )
    table = ["| episode | segment | | measured |", "|---|---|---|---|"]
    table += [
        f"| {episode} | {finding.place} | {'ok' if finding.passed else '**fails**'} | "
        f"{finding.message.replace('|', '/')} |"
        for episode, finding in rows
    ]
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=check.name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if check.gate else dg.AssetCheckSeverity.WARN,
        description="; ".join(results),
        metadata={
            **desk_links((episode for episode, _ in rows), mode),
            "segments": dg.MetadataValue.md("\n".join(table)),
            "failed": len(failed),
            "checked": len(rows),
        },
    )
