"""Drives the embedded CloudFormation and moto's alike, and sets their answers side by side: `cloudformation.py SOLC`.

Both run as servers of their own at free ports; the client is boto3, unchanged. The page that the table stands on is
held against what they answer; `--write` writes it anew. What moto answers is no measure, only a comparison: where the two
differ, the last column says what is known of the service itself.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

import boto3
import botocore.config
import botocore.exceptions
import botocore.parsers

PAGE = pathlib.Path(__file__).resolve().parents[2] / "book/src/reference/local-answers.md"
HEAD = """# The embedded CloudFormation beside moto

`cargo verify` drives [the embedded CloudFormation](../guide/local.md) and moto's, each over HTTP with the same boto3,
through the same requests, and compares what they answer with this table. `tests/peers/cloudformation.py` writes it.

"""


def template(delay: int = 1, fifo: bool = False, **extra: object) -> str:
    properties: dict[str, object] = {"DelaySeconds": delay}
    if fifo:
        properties["FifoQueue"] = True
    body = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": properties},
            "Topic": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"DisplayName": {"Fn::GetAtt": ["Queue", "QueueName"]}},
            },
        },
        "Outputs": {"Url": {"Value": {"Ref": "Queue"}}},
    }
    return json.dumps(body | extra)


TRUST = {"Version": "2012-10-17", "Statement": []}
ROLE = {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}}
PARAMETER = {"P": {"Type": "String"}}
DANGLING = {"A": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Missing"}}}}


def plain(text: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"arn:aws:cloudformation:[^\s\])]*", "ARN", text)
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


class Driver:
    """A client, and what is asked of it."""

    def __init__(self, endpoint: str) -> None:
        settings = botocore.config.Config(retries={"total_max_attempts": 1})
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "ap-southeast-2"}
        self.client = boto3.client("cloudformation", endpoint_url=endpoint, config=settings, **keys)

    def settled(self, read: Callable[[], str]) -> str:
        """What is read, once it is no longer in progress or pending."""
        deadline = time.monotonic() + 20
        while True:
            status = read()
            waits = status.endswith(("IN_PROGRESS", "PENDING")) and status != "REVIEW_IN_PROGRESS"
            if not waits or time.monotonic() > deadline:
                return status
            time.sleep(0.02)

    def stack(self, name: str) -> str:
        return self.client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]

    def change_set(self, name: str, kind: str, body: str, stack: str = "peer") -> dict:
        self.client.create_change_set(StackName=stack, ChangeSetName=name, ChangeSetType=kind, TemplateBody=body)
        return self.described(name, stack)

    def described(self, name: str, stack: str = "peer") -> dict:
        read = lambda: self.client.describe_change_set(StackName=stack, ChangeSetName=name)  # noqa: E731
        self.settled(lambda: read()["Status"])
        return read()

    def executed(self, name: str) -> str:
        self.client.execute_change_set(StackName="peer", ChangeSetName=name)
        return self.settled(lambda: self.stack("peer"))


def shown(change_set: dict) -> str:
    changes = [change["ResourceChange"] for change in change_set.get("Changes", [])]
    lines = [f"{c['Action']} {c['LogicalResourceId']} {c.get('Replacement', '')}".strip() for c in changes]
    reason = change_set.get("StatusReason", "")
    state = f"{change_set['Status']}, {change_set['ExecutionStatus']}"
    return "; ".join([state, *sorted(lines), *([reason] if reason else [])])


def deleted_by_id(driver: Driver) -> str:
    stack = driver.client.describe_stacks(StackName="peer")["Stacks"][0]["StackId"]
    driver.client.delete_stack(StackName="peer")
    return driver.settled(lambda: driver.stack(stack))


def terminated(driver: Driver) -> str:
    driver.client.update_termination_protection(StackName="peer", EnableTerminationProtection=True)
    try:
        driver.client.delete_stack(StackName="peer")
        return driver.settled(lambda: driver.stack("peer"))
    finally:
        driver.client.update_termination_protection(StackName="peer", EnableTerminationProtection=False)


def early(driver: Driver) -> str:
    driver.change_set("first", "CREATE", template(), "early")
    return shown(driver.change_set("second", "UPDATE", template(), "early"))


def same_token(driver: Driver) -> str:
    request = {
        "StackName": "peer",
        "ChangeSetName": "token",
        "ChangeSetType": "UPDATE",
        "TemplateBody": template(7),
        "ClientToken": "peer-token",
    }
    first = driver.client.create_change_set(**request)["Id"]
    return "the same id" if driver.client.create_change_set(**request)["Id"] == first else "another id"


def events(driver: Driver) -> str:
    found = driver.client.describe_stack_events(StackName="peer")["StackEvents"]
    return " ".join(e["ResourceStatus"] for e in reversed(found) if e["ResourceType"] == "AWS::CloudFormation::Stack")


# What a server lets through must not stand in the way of what is asked later: hence stacks of their own.
#
# What is asked, how, and what the service itself is known to answer where the two may differ.
STEPS: list[tuple[str, Callable[[Driver], str], str]] = [
    ("describe a stack that is not there", lambda d: d.stack("peer"), ""),
    (
        "an `UPDATE` change set without a stack",
        lambda d: shown(d.change_set("no", "UPDATE", template(), "none")),
        "refused",
    ),
    (
        "a `Ref` to nothing",
        lambda d: shown(d.change_set("bad", "CREATE", template(Resources=DANGLING, Outputs={}), "dangling")),
        "refused: `Template format error: Unresolved resource dependencies`",
    ),
    (
        "a parameter without a value",
        lambda d: shown(d.change_set("bare", "CREATE", template(Parameters=PARAMETER), "bare")),
        "refused: `Parameters: [P] must have values`",
    ),
    (
        "a role without capabilities",
        lambda d: shown(d.change_set("role", "CREATE", template(Resources=ROLE, Outputs={}), "role")),
        "refused: `InsufficientCapabilitiesException`",
    ),
    ("a `CREATE` change set", lambda d: shown(d.change_set("create", "CREATE", template())), ""),
    ("its stack, before it is executed", lambda d: d.stack("peer"), "`REVIEW_IN_PROGRESS`"),
    (
        "an `UPDATE` change set for such a stack",
        early,
        "refused: aws-cdk #6674",
    ),
    ("execute it", lambda d: d.executed("create"), ""),
    (
        "the change set, after",
        lambda d: shown(d.described("create")).split(";")[0],
        "`CREATE_COMPLETE, EXECUTE_COMPLETE`: ministack #1418",
    ),
    ("the stack's events", events, ""),
    (
        "a change set that changes nothing",
        lambda d: shown(d.change_set("same", "UPDATE", template())),
        "`FAILED`: `The submitted information didn't contain changes.`",
    ),
    ("the same name again", lambda d: shown(d.change_set("same", "UPDATE", template())), "`AlreadyExistsException`"),
    ("the same token again", same_token, ""),
    (
        "a change in place",
        lambda d: shown(d.change_set("place", "UPDATE", template(2))),
        "`Replacement` is `False`",
    ),
    ("execute it, with others there", lambda d: d.executed("place"), ""),
    (
        "a create-only property",
        lambda d: shown(d.change_set("fifo", "UPDATE", template(2, fifo=True))),
        "`Replacement` is `True`; what refers to it is `Conditional` where that property replaces",
    ),
    (
        "`ContinueUpdateRollback` with nothing to continue",
        lambda d: str(d.client.continue_update_rollback(StackName="peer") and "accepted"),
        "refused",
    ),
    ("delete a protected stack", terminated, "refused"),
    ("delete it", deleted_by_id, "`DELETE_COMPLETE`, by its id"),
    ("describe it by its name", lambda d: d.stack("peer"), "refused"),
]


def answers(driver: Driver) -> list[str]:
    found = []
    for _, ask, _ in STEPS:
        try:
            found.append(plain(ask(driver)))
        except botocore.exceptions.ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            found.append(plain(f"{code}: {message}" if len(message) < 200 else f"{code}: {message[:80]}…"))
        except botocore.exceptions.ParamValidationError:
            raise
        except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError):
            found.append("no answer that can be read")
    return found


@contextlib.contextmanager
def served(command: list[str], pattern: str, stream: str) -> Iterator[str]:
    """A server, by the address that it says."""
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: subprocess.PIPE}
    process = subprocess.Popen(command, text=True, **pipes)
    try:
        for line in getattr(process, stream):
            found = re.search(pattern, line)
            if found:
                # What it says later is nobody's, and must not stop it.
                rest = threading.Thread(target=collections.deque, args=(getattr(process, stream), 0), daemon=True)
                rest.start()
                yield found.group(0)
                return
        raise SystemExit(f"{command[0]} ended and said no address")
    finally:
        process.terminate()
        process.wait(timeout=20)


def table(ours: list[str], theirs: list[str]) -> str:
    rows = ["| asked | ours | moto | the service |", "|---|---|---|---|"]
    for (asked, _, known), our, their in zip(STEPS, ours, theirs, strict=True):
        rows.append(f"| {asked} | `{our}` | `{their}` | {known} |")
    same = sum(our == their for our, their in zip(ours, theirs, strict=True))
    return HEAD + "\n".join(rows) + f"\n\n{same} of {len(STEPS)} answers are the same to the letter.\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="set the embedded CloudFormation's answers beside moto's")
    parser.add_argument("solc", type=pathlib.Path)
    parser.add_argument("--write", action="store_true", help="write the page anew")
    options = parser.parse_args()
    address = r"http://127\.0\.0\.1:\d+"
    with tempfile.TemporaryDirectory() as folder:
        ours = [str(options.solc), "local", "serve", "--port", "0", "--data", folder]
        with served(ours, address, "stdout") as endpoint:
            our_answers = answers(Driver(endpoint))
    theirs = [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with served(theirs, address, "stderr") as endpoint:
        their_answers = answers(Driver(endpoint))
    page = table(our_answers, their_answers)
    print(f"{len(STEPS)} requests to each of two servers")
    if options.write:
        PAGE.write_text(page)
        return 0
    if PAGE.read_text() == page:
        return 0
    print(f"{PAGE.name} does not say what they answer now; `--write` writes it anew. It would be:\n\n{page}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
