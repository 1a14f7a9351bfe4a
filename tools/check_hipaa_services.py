#!/usr/bin/env python3
"""Tells which resource types the table hipaa-services leaves unknown.

Reads:  rules/tables/hipaa-services.yaml and both schema extracts in crates/catalogue/schemas/.
Prints: the types that no row matches, and the number of types by status. Rows that match no type are listed with --unused:
        they are for other provider versions, or for types of other providers.

Run (standard library only), from the repository's root:
    tools/check_hipaa_services.py [--unused]
"""

import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r'^  "([^"]+)": \{.*\bstatus: ([a-z-]+)')


def resource_types():
    """Type lines stand at column 0; shared bodies, data sources and the provider are none."""
    for path in sorted((ROOT / "crates/catalogue/schemas").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and line[0] not in " #=" and not re.match(r"(data|ephemeral|provider)\.", line):
                yield line.split(" ", 1)[0]


def main():
    text = (ROOT / "rules/tables/hipaa-services.yaml").read_text(encoding="utf-8")
    rows = dict(match.groups() for match in map(ROW.match, text.splitlines()) if match)
    used, unknown, statuses = set(), [], Counter()
    for name in resource_types():
        key = max((key for key in rows if name.startswith(key)), key=len, default=None)
        if key is None:
            unknown.append(name)
        else:
            used.add(key)
            statuses[rows[key]] += 1
    print(f"{len(unknown)} of {len(unknown) + statuses.total()} types match no row:", *unknown)
    print(*(f"{count} {status}" for status, count in statuses.most_common()), sep=", ")
    if "--unused" in sys.argv[1:]:
        print("rows without a type:", *(key for key in rows if key not in used))


main()
