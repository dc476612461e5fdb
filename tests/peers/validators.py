"""The peers themselves: each is a function from templates to findings, run once for all of them."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import subprocess
import sys

from findings import Finding, Template

Validator = collections.abc.Callable[[list[Template]], list[Finding]]


def cfn_lint(templates: list[Template]) -> list[Finding]:
    """cfn-lint, in this process, with the region of each environment."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner
    from cfnlint.runner.template.runner import run_template_by_file_path

    findings = []
    runners: dict[str, Runner] = {}
    for template in templates:
        runner = runners.get(template.region)
        if runner is None:
            runner = Runner(ConfigMixIn([], regions=[template.region]))
            runners[template.region] = runner
        for match in run_template_by_file_path(str(template.path), runner.config, runner.rules, False):
            path = [str(part) for part in getattr(match, "path", None) or []]
            resource = path[1] if len(path) > 1 and path[0] == "Resources" else ""
            findings.append(
                Finding(
                    tool="cfn-lint",
                    rule=match.rule.id,
                    severity=match.rule.severity,
                    template=template.name,
                    resource=resource,
                    resource_type=template.resources.get(resource, {}).get("Type", ""),
                    property=".".join(part for part in path[2:] if part != "Properties"),
                    message=match.message,
                )
            )
    return findings


def cloudformation_validate(templates: list[Template]) -> list[Finding]:
    """AWS's own validator, given the region and the account that the stack will be in."""
    import cloudformation_validate as peer

    engine = peer.CompositeEngine()
    words = {
        peer.Severity.FATAL: "error",
        peer.Severity.ERROR: "error",
        peer.Severity.WARN: "warning",
        peer.Severity.INFO: "informational",
        peer.Severity.DEBUG: "informational",
    }
    findings = []
    for template in templates:
        config = peer.ValidateConfig(
            detail_level=peer.DetailLevel.STANDARD,
            pseudo_parameter_overrides=peer.PseudoParameterOverrides(
                account_id=template.account, region=template.region
            ),
        )
        report = engine.validate_template(str(template.path), config)
        if report.status != peer.ReportStatus.OK and not report.diagnostics:
            findings.append(
                Finding("cloudformation-validate", report.status.name, "error", template.name, "", "", "",
                        "the validator did not finish")
            )
        for found in report.diagnostics:
            resource = found.entity.logical_id if found.entity else ""
            findings.append(
                Finding(
                    tool="cloudformation-validate",
                    rule=found.rule_id,
                    severity=words[found.severity],
                    template=template.name,
                    resource=resource,
                    resource_type=template.resources.get(resource, {}).get("Type", ""),
                    property=found.property_path or "",
                    message=found.message,
                )
            )
    return findings


def checkov(templates: list[Template]) -> list[Finding]:
    """checkov's CloudFormation checks; it has no severities offline, so a failed check is a warning."""
    if not templates:
        return []
    by_path = {str(template.path.resolve()): template for template in templates}
    command = [str(pathlib.Path(sys.executable).parent / "checkov")]
    for path in by_path:
        command += ["-f", path]
    command += ["--framework", "cloudformation", "--output", "json", "--compact", "--quiet", "--skip-download",
                "--soft-fail"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(run.stdout)
    except json.JSONDecodeError as error:
        raise SystemExit(f"checkov gave no JSON: {error}\n{run.stdout[:400]}\n{run.stderr[:2000]}") from error
    reports = answer if isinstance(answer, list) else [answer]
    findings = []
    for report in reports:
        results = report.get("results", {})
        for path in results.get("parsing_errors", []):
            findings.append(Finding("checkov", "parsing-error", "error", path, "", "", "", "could not be read"))
        for failed in results.get("failed_checks", []):
            template = by_path.get(failed["file_abs_path"])
            kind, _, resource = failed["resource"].partition(".")
            findings.append(
                Finding(
                    tool="checkov",
                    rule=failed["check_id"],
                    severity="warning",
                    template=template.name if template else failed["file_path"],
                    resource=resource,
                    resource_type=kind,
                    property="",
                    message=failed["check_name"],
                )
            )
    return findings


VALIDATORS: dict[str, Validator] = {
    "cfn-lint": cfn_lint,
    "cloudformation-validate": cloudformation_validate,
    "checkov": checkov,
}
