"""Findings as Dagster shows them: a spec for each check, and one result for each check and run.

Dagster evaluates a check once a run, not once a partition (partitioned checks are a preview in 1.13): the segments are
in a table in the result's metadata, and those that fail are named in its description.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import dagster as dg

from resources.quality.checks.report import CHECKS, Check, Finding


def check_specs(asset: str) -> list[dg.AssetCheckSpec]:
    """The specs of all checks, on that asset."""
    return [dg.AssetCheckSpec(check.name, asset=asset, description=_about(check)) for check in CHECKS]


def check_results(
    found: Mapping[str, Sequence[Finding]], selected: Collection[dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckResult]:
    """The result of each selected check that found anything, over all episodes (name -> findings) of a run."""
    for check in CHECKS:
        key = next((key for key in selected if key.name == check.name), None)
        rows = [(episode, each) for episode, all_of in found.items() for each in all_of if each.check == check.name]
        if key is not None and rows:
            yield _result(check, key, rows)


def summary(findings: Sequence[Finding], segment: str) -> str:
    """What a cell says of its checks, in one line; what concerns the whole cut counts for each segment."""
    mine = [finding for finding in findings if finding.segment in ("", segment)]
    failed = [f"{_named(finding)}: {finding.told}" for finding in mine if not finding.passed]
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


def _result(check: Check, key: dg.AssetCheckKey, rows: Sequence[tuple[str, Finding]]) -> dg.AssetCheckResult:
    failed = [(episode, finding) for episode, finding in rows if not finding.passed]
    named = ", ".join(f"{episode}|{finding.place}" for episode, finding in failed)
    table = ["| episode | segment | | measured |", "|---|---|---|---|"]
    table += [
        f"| {episode} | {finding.place} | {'ok' if finding.passed else '**fails**'} | "
        f"{finding.told.replace('|', '/')} |"
        for episode, finding in rows
    ]
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if check.gate else dg.AssetCheckSeverity.WARN,
        description=f"{len(failed)} of {len(rows)} fail: {named}" if failed else f"all {len(rows)} pass",
        metadata={"segments": dg.MetadataValue.md("\n".join(table)), "failed": len(failed), "checked": len(rows)},
    )
