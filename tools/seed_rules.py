#!/usr/bin/env python3
"""Prints the metadata with which a new rule file begins: id, title, pillar, severity, controls and peers.

Reads:  a folder of control catalogues, *.jsonl with one control a line (keys id, title, pillar, severity, hipaa, well_architected, peers),
        and rules/frameworks/nist-800-53.yaml: a rule's NIST controls are those that its HIPAA citations map to and code can show.
Prints: a YAML document for each id, separated by `---`. What the rule checks and its examples are written by hand below.

Run (standard library only):
    tools/seed_rules.py FOLDER s3-versioning [ID…]
"""

import json
import re
import sys
from pathlib import Path

NIST = Path(__file__).resolve().parent.parent / "rules/frameworks/nist-800-53.yaml"
PEERS = [
    ("checkov", "checkov"), ("trivy", "trivy"), ("cdk-nag", "cdk_nag"),
    ("cfn-guard", "guard"), ("aws-config", "config_rule"), ("terrascan", "terrascan"),
]
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./()-]*( [A-Za-z0-9_./()',-]+)*")
WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def scalar(text, in_list=False):
    """Plain where YAML reads it as the same string in every version, else in double quotes."""
    plain = PLAIN.fullmatch(text) and text.lower() not in WORDS_OF_YAML and not (in_list and "," in text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def nist_map():
    """The `in_code` part of the NIST file: HIPAA citation -> controls."""
    section = NIST.read_text(encoding="utf-8").split("\nin_code:\n", 1)[1]
    rows = re.findall(r'^  "([^"]+)": \[(.*)\]$', section, re.MULTILINE)
    return {citation: re.findall(r'"([^"]+)"', controls) for citation, controls in rows}


def nist_order(control):
    """AC-2 before AC-10 before CP-9 before CP-9(1)."""
    return control[:2], [int(number) for number in re.findall(r"\d+", control)]


def print_lists(name, lists):
    lists = [(key, values) for key, values in lists if values]
    if lists:
        print(f"{name}:")
    for key, values in lists:
        print(f"  {key}: [{', '.join(scalar(value, in_list=True) for value in values)}]")


def print_rule(control, nist):
    for key in ("id", "title", "pillar", "severity"):
        print(f"{key}: {scalar(control[key])}")
    related = {related for citation in control["hipaa"] for related in nist.get(citation, [])}
    print_lists("controls", [
        ("hipaa", control["hipaa"]),
        ("well-architected", control["well_architected"]),
        ("nist-800-53", sorted(related, key=nist_order)),
    ])
    print_lists("peers", [(key, control.get("peers", {}).get(source)) for key, source in PEERS])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder, ids = Path(sys.argv[1]), sys.argv[2:]
    controls = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                control = json.loads(line)
                controls[control["id"]] = control
    missing = [name for name in ids if name not in controls]
    if missing:
        sys.exit(f"not in {folder}: {', '.join(missing)}")
    nist = nist_map()
    for position, name in enumerate(ids):
        if position:
            print("---")
        print_rule(controls[name], nist)


main()
