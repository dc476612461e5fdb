"""Seeds faults into a sound template, one at a time, and asks whether the gate notices each.

A gate that passes everything is worth nothing: this is the proof that ours does not. Each fault names the tool that
must catch it; an empty set marks a fault that no validator sees (what `solc` rules out by construction).
"""

from __future__ import annotations

import copy
import json
import pathlib
import sys
import tempfile

from findings import find_templates, read_suppressions
from validators import VALIDATORS

HERE = pathlib.Path(__file__).resolve().parent

REMOVE = object()
LINT, AWS, CHECKOV = "cfn-lint", "cloudformation-validate", "checkov"

# name, path in Resources, new value, tools that must say so
FAULTS: list[tuple[str, str, object, set[str]]] = [
    ("unknown-property", "Receipts.Properties.BucketEncyption", {}, {LINT, AWS}),
    ("unknown-type", "Orders.Type", "AWS::SQS::Queues", {LINT, AWS}),
    ("wrong-type", "Biller.Properties.MemorySize", "much", {LINT, AWS}),
    ("out-of-range", "Biller.Properties.MemorySize", 64, {LINT, AWS}),
    ("timeout-too-long", "Biller.Properties.Timeout", 1000, {LINT, AWS}),
    ("missing-required", "Biller.Properties.Code", REMOVE, {LINT, AWS}),
    ("unknown-runtime", "Biller.Properties.Runtime", "python3.99", {LINT, AWS}),
    ("retired-runtime", "Biller.Properties.Runtime", "python3.6", {LINT, AWS}),
    ("dangling-reference", "ReceiptsPolicy.Properties.Bucket", {"Ref": "Receipt"}, {LINT, AWS}),
    ("unknown-attribute", "Biller.Properties.Role", {"Fn::GetAtt": ["BillerRole", "Arm"]}, {LINT, AWS}),
    ("dangling-order", "Biller.DependsOn", ["BillerToOrder"], {LINT, AWS}),
    ("cycle", "DeadLetters.Properties.RedrivePolicy",
     {"deadLetterTargetArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "maxReceiveCount": 5}, {LINT, AWS}),
    ("bad-cidr", "SubnetA.Properties.CidrBlock", "10.10.0.0/40", {LINT}),
    ("subnet-outside-network", "SubnetB.Properties.CidrBlock", "10.99.16.0/20", {LINT}),
    ("overlapping-subnets", "SubnetB.Properties.CidrBlock", "10.10.0.0/20", {LINT}),
    ("bad-enum", "Receipts.Properties.VersioningConfiguration.Status", "On", {LINT, AWS}),
    ("bad-deletion-policy", "Database.DeletionPolicy", "Keep", {LINT, AWS}),
    ("bad-policy-effect", "ReceiptsPolicy.Properties.PolicyDocument.Statement.0.Effect", "Forbid", {LINT}),
    ("statement-without-action", "BillerToOrders.Properties.PolicyDocument.Statement.0.Action", REMOVE, {LINT, AWS}),
    ("unknown-action", "BillerToOrders.Properties.PolicyDocument.Statement.0.Action", ["sqs:RecieveMessage"], {LINT}),
    ("batch-too-large", "BillerOrders.Properties.BatchSize", 20000, {LINT, AWS}),
    ("retention-not-allowed", "BillerLog.Properties.RetentionInDays", 91, {LINT, AWS}),
    ("instance-class-unknown", "Database.Properties.DBInstanceClass", "db.t9.tiny", {LINT}),
    ("queue-as-role", "Biller.Properties.Role", {"Fn::GetAtt": ["Orders", "Arn"]}, set()),
    ("subnet-as-security-group", "Database.Properties.VPCSecurityGroups", [{"Ref": "SubnetA"}], set()),
    ("public-bucket", "Receipts.Properties.PublicAccessBlockConfiguration", REMOVE, {CHECKOV}),
    ("storage-not-encrypted", "Database.Properties.StorageEncrypted", False, {CHECKOV}),
    ("public-database", "Database.Properties.PubliclyAccessible", True, {CHECKOV}),
    ("key-not-rotated", "Key.Properties.EnableKeyRotation", False, {CHECKOV}),
    ("queue-not-encrypted", "Orders.Properties.KmsMasterKeyId", REMOVE, {CHECKOV}),
    ("open-ssh", "DatabaseGroup.Properties.SecurityGroupIngress",
     [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "Description": "open"}], {CHECKOV}),
    ("star-policy", "BillerToOrders.Properties.PolicyDocument.Statement.0",
     {"Effect": "Allow", "Action": "*", "Resource": "*"}, set()),
    ("anyone-assumes", "BillerRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal", {"AWS": "*"}, {CHECKOV}),
    ("limit-of-parameters", "", 201, {LINT, AWS}),
]


def seed(template: dict, path: str, value: object) -> dict:
    """The template with one fault."""
    broken = copy.deepcopy(template)
    if not path:
        broken["Parameters"] = {f"Parameter{i}": {"Type": "String"} for i in range(int(str(value)))}
        return broken
    *way, last = path.split(".")
    at = broken["Resources"]
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    key = int(last) if isinstance(at, list) else last
    if value is REMOVE:
        del at[key]
    else:
        at[key] = value
    return broken


def main() -> int:
    sound = json.loads((HERE / "fixture/sound.template.json").read_text())
    suppressions = read_suppressions(HERE / "fixture/suppressions.toml")
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        (root / "manifest.json").write_text((HERE / "fixture/manifest.json").read_text())
        (root / "sound.template.json").write_text(json.dumps(sound, indent=1))
        for name, path, value, _ in FAULTS:
            (root / f"{name}.template.json").write_text(json.dumps(seed(sound, path, value), indent=1))
        templates = find_templates([root])
        caught: dict[str, dict[str, set[str]]] = {name: {} for name in ["sound", *(fault[0] for fault in FAULTS)]}
        for tool, run in VALIDATORS.items():
            for finding in run(templates):
                if finding.severity != "informational" and not any(s.covers(finding) for s in suppressions):
                    name = pathlib.Path(finding.template).name.removesuffix(".template.json")
                    caught[name].setdefault(tool, set()).add(finding.rule)

    wrong = []
    if caught["sound"]:
        wrong.append(f"the sound template is not sound: {caught['sound']}")
    for name, _, _, expected in FAULTS:
        said = ", ".join(f"{tool} {' '.join(sorted(rules))}" for tool, rules in sorted(caught[name].items()))
        print(f"{name:36} {said or '-'}")
        missing = expected - caught[name].keys()
        if missing:
            wrong.append(f"{name}: not caught by {', '.join(sorted(missing))}")
    for line in wrong:
        print(f"error: {line}")
    print(f"{len(FAULTS) + 1 - len(wrong)} of {len(FAULTS) + 1} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
