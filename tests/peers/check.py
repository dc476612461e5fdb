"""Runs the peers over built templates: `check.py DIR...`.

A finding is an error or a warning that no entry of `suppressions.toml` covers. Any finding makes the run fail.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import sys
import time

from findings import find_templates, read_suppressions
from validators import VALIDATORS

HERE = pathlib.Path(__file__).resolve().parent


def main() -> int:
    parser = argparse.ArgumentParser(description="run independent validators over built templates")
    parser.add_argument("directories", nargs="+", type=pathlib.Path)
    parser.add_argument("--tools", default=",".join(VALIDATORS), help="comma-separated")
    parser.add_argument("--suppressions", type=pathlib.Path, default=HERE / "suppressions.toml")
    parser.add_argument("--unused", action="store_true", help="a suppression that nothing needs is a failure too")
    parser.add_argument("--limit", type=int, default=60, help="findings to print")
    options = parser.parse_args()

    tools = options.tools.split(",")
    suppressions = read_suppressions(options.suppressions)
    templates = find_templates(options.directories)
    if not templates:
        print("no templates: nothing was checked", file=sys.stderr)
        return 2
    resources = sum(len(template.resources) for template in templates)
    print(f"{len(templates)} templates, {resources} resources")

    open_findings = []
    for tool in tools:
        started = time.monotonic()
        findings = VALIDATORS[tool](templates)
        seconds = time.monotonic() - started
        counts: collections.Counter[str] = collections.Counter()
        for finding in findings:
            covering = next((entry for entry in suppressions if entry.covers(finding)), None)
            if covering is not None:
                covering.used += 1
                counts["suppressed"] += 1
                continue
            counts[finding.severity] += 1
            if finding.severity != "informational":
                open_findings.append(finding)
        print(
            f"{tool}: {counts['error']} errors, {counts['warning']} warnings, "
            f"{counts['informational']} informational, {counts['suppressed']} suppressed, {seconds:.1f} s"
        )
    for finding in open_findings[: options.limit]:
        print(f"  {finding.line()}")
    if len(open_findings) > options.limit:
        print(f"  and {len(open_findings) - options.limit} more")

    unused = [entry for entry in suppressions if entry.tool in tools and not entry.used]
    if options.unused:
        for entry in unused:
            print(f"  nothing needs the suppression {entry.tool} {entry.rule}")
    return 1 if open_findings or (options.unused and unused) else 0


if __name__ == "__main__":
    sys.exit(main())
