#!/usr/bin/env python3
"""Regenerates crates/catalogue/schemas/terraform-aws-VERSION.txt, the compact extract of the AWS provider's schema.

Reads:  the output of `terraform providers schema -json` (a file, or `-` for standard input) and the provider's version.
Prints: the extract. The format is described in crates/catalogue/schemas/README.md.

Run (standard library only), in an empty directory that holds a `required_providers` block for hashicorp/aws:
    terraform init && terraform providers schema -json > schema.json
    tools/terraform_schema.py schema.json 5.100.0 > crates/catalogue/schemas/terraform-aws-5.100.0.txt
"""

import json
import sys

PROVIDER = "registry.terraform.io/hashicorp/aws"
SHARED_FROM = 6  # a repeated body with fewer lines than this is printed again rather than named
SHARED_OBJECT_FROM = 120  # likewise for a repeated object type, in characters of its type code
PRIMITIVES = {"string": "s", "number": "n", "bool": "b", "dynamic": "*"}
COLLECTIONS = {"list": "l", "set": "S", "map": "m"}


class Objects:
    """Type codes. Long object types that occur more than once get a name, as bodies do."""

    def __init__(self, schema):
        self.uses = {}
        self.names = {}
        self.shared = []  # (name, fields), a name before those that use it
        self.naming = False
        for kind in attribute_types(schema):
            self.code(kind)
        self.naming = True

    def code(self, kind):
        """`["set", "string"]` -> `S(s)`."""
        if isinstance(kind, str):
            return PRIMITIVES[kind]
        name, inner = kind
        if name in COLLECTIONS:
            return f"{COLLECTIONS[name]}({self.code(inner)})"
        if name != "object":
            raise ValueError(f"unknown type {kind!r}")
        key = json.dumps(inner, sort_keys=True)
        if not self.naming:
            self.uses[key] = self.uses.get(key, 0) + 1
            if self.uses[key] > 1:  # its insides were counted when it was first met
                return ""
        if key in self.names:
            return self.names[key]
        fields = [(field, self.code(inner[field])) for field in sorted(inner)]
        code = "o{" + ",".join(f"{field}:{field_code}" for field, field_code in fields) + "}"
        if self.naming and self.uses[key] > 1 and len(code) >= SHARED_OBJECT_FROM:
            code = self.names[key] = f"=object{len(self.names) + 1}"
            self.shared.append((code, fields))
        return code


def attribute_types(blocks):
    """The type of every attribute, at any depth."""
    for block in blocks:
        for attribute in block.get("attributes", {}).values():
            yield attribute["type"]
        yield from attribute_types(nested["block"] for nested in block.get("block_types", {}).values())


def attribute_line(name, attribute, objects):
    if "nested_type" in attribute:
        raise ValueError(f"attribute {name} has a nested type, which the format does not have")
    flags = "".join(
        flag
        for flag, key in [
            ("r", "required"), ("o", "optional"), ("c", "computed"),
            ("x", "sensitive"), ("w", "write_only"), ("d", "deprecated"),
        ]
        if attribute.get(key)
    )
    return f"{name} {objects.code(attribute['type'])} {flags}"


class Body:
    """The attributes and blocks of one block. Equal bodies are one object, so that they can be counted and named."""

    def __init__(self, lines, children):
        self.lines = lines  # attribute lines, sorted
        self.children = children  # (name, header, Body), sorted by name
        self.uses = 0
        self.shared_name = None

    def height(self):
        """Lines it takes, counting bodies inside it that have fewer than SHARED_FROM lines of their own."""
        return len(self.lines) + sum(1 + child.height() for _, _, child in self.children)

    def key(self):
        return (tuple(self.lines), tuple((name, header, id(child)) for name, header, child in self.children))


class Bodies:
    """Hash-consing of bodies: built from the leaves up, each distinct body once."""

    def __init__(self, objects):
        self.objects = objects
        self.known = {}
        self.order = []  # children before parents

    def intern(self, block):
        lines = sorted(attribute_line(name, a, self.objects) for name, a in block.get("attributes", {}).items())
        children = []
        for name in sorted(block.get("block_types", {})):
            nested = block["block_types"][name]
            child = self.intern(nested["block"])
            most = nested.get("max_items", 0) or "*"
            least = nested.get("min_items", 0)
            if nested["nesting_mode"] == "single":
                most = 1
            header = f"{name} {{{nested['nesting_mode']},{least},{most}}}"
            if nested["block"].get("deprecated"):
                header += " d"
            children.append((name, header, child))
        body = Body(lines, children)
        key = body.key()
        if key not in self.known:
            self.known[key] = body
            self.order.append(body)
            for _, _, child in children:
                child.uses += 1
        return self.known[key]

    def name_shared(self):
        shared = [body for body in self.order if body.uses > 1 and body.height() >= SHARED_FROM]
        for number, body in enumerate(shared, 1):
            body.shared_name = f"=body{number}"
        return shared


def print_body(body, depth, out):
    indent = " " * depth
    entries = [(line.split(" ", 1)[0], line, None) for line in body.lines]
    entries += [(name, header, child) for name, header, child in body.children]
    for _, line, child in sorted(entries, key=lambda entry: entry[0]):
        if child is None:
            out.append(indent + line)
        elif child.shared_name:
            out.append(f"{indent}{line} {child.shared_name}")
        else:
            out.append(indent + line)
            print_body(child, depth + 1, out)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    path, version = sys.argv[1:]
    with (sys.stdin if path == "-" else open(path, encoding="utf-8")) as stream:
        schema = json.load(stream)["provider_schemas"][PROVIDER]

    tops = [("provider.aws", schema["provider"])]
    for prefix, section in [
        ("", "resource_schemas"), ("data.", "data_source_schemas"), ("ephemeral.", "ephemeral_resource_schemas"),
    ]:
        tops += [(prefix + name, schema[section][name]) for name in sorted(schema.get(section, {}))]

    objects = Objects([top["block"] for _, top in tops])
    bodies = Bodies(objects)
    printed = [(name, top, bodies.intern(top["block"])) for name, top in tops]
    out = [
        f"# hashicorp/aws {version}: provider, resources, data sources (data.), ephemeral resources (ephemeral.).",
        "# Generated by tools/terraform_schema.py, do not edit. Format: README.md beside this file.",
    ]
    for name, fields in objects.shared:
        out.append(name)
        out += [f" {field} {code}" for field, code in fields]
    for body in bodies.name_shared():
        out.append(body.shared_name)
        print_body(body, 1, out)
    for name, top, body in printed:
        out.append(name + (" d" if top["block"].get("deprecated") else ""))
        print_body(body, 1, out)
    sys.stdout.write("\n".join(out) + "\n")


main()
