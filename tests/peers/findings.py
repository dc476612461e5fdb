"""What a peer says about a template, and which of it is set aside, and why.

Every finding that is set aside names an entry of `suppressions.toml`; there is no other way to silence a peer.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import tomllib


@dataclasses.dataclass(frozen=True)
class Finding:
    """One rule that one template broke, as one tool sees it."""

    tool: str
    rule: str
    severity: str
    template: str
    resource: str
    resource_type: str
    property: str
    message: str

    def line(self) -> str:
        place = self.resource or "template"
        if self.property:
            place = f"{place}.{self.property}"
        kind = f" ({self.resource_type})" if self.resource_type else ""
        return f"{self.template}: {self.tool} {self.rule} {self.severity}: {place}{kind}: {self.message}"


@dataclasses.dataclass
class Suppression:
    """A rule that does not apply to what is emitted here, and the reason."""

    tool: str
    rule: str
    reason: str
    template: str = ""
    resource_type: str = ""
    resource: str = ""
    property: str = ""
    used: int = 0

    def covers(self, finding: Finding) -> bool:
        def fits(pattern: str, text: str) -> bool:
            return not pattern or re.fullmatch(pattern, text) is not None

        return (
            self.tool == finding.tool
            and fits(self.rule, finding.rule)
            and fits(self.template, finding.template)
            and fits(self.resource_type, finding.resource_type)
            and fits(self.resource, finding.resource)
            and fits(self.property, finding.property)
        )


def read_suppressions(path: pathlib.Path) -> list[Suppression]:
    """The entries of the suppression file; one without a reason is refused."""
    document = tomllib.loads(path.read_text())
    entries = [Suppression(**entry) for entry in document.get("suppression", [])]
    for entry in entries:
        if len(entry.reason.split()) < 4:
            raise SystemExit(f"{path.name}: {entry.tool} {entry.rule} has no reason that says anything")
    return entries


@dataclasses.dataclass(frozen=True)
class Template:
    """A template on disk and the environment that it was written for."""

    path: pathlib.Path
    name: str
    region: str
    account: str
    resources: dict


def find_templates(roots: list[pathlib.Path]) -> list[Template]:
    """All templates under `roots`; each takes region and account from the manifest beside it."""
    found = []
    for root in roots:
        for manifest in sorted(root.rglob("manifest.json")):
            document = json.loads(manifest.read_text())
            for path in sorted(manifest.parent.glob("*.template.json")):
                resources = json.loads(path.read_text()).get("Resources", {})
                found.append(
                    Template(
                        path=path,
                        name=str(path.relative_to(root)),
                        region=document["region"],
                        account=document["account"]["id"],
                        resources=resources,
                    )
                )
    return found
