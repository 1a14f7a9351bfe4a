#!/usr/bin/env python3
"""Regenerates crates/catalogue/schemas/cloudformation-YYYY-MM.txt, the compact extract of CloudFormation's resource schemas.

Reads:  an unpacked cfn-lint wheel: cfnlint/data/schemas/{version.json,resources/*.json,providers/us-east-1.json} and
        cfnlint/schema/_getatts.py (which types allow Fn::GetAtt on more than their read-only properties).
Prints: the extract. The format is described in crates/catalogue/schemas/README.md.

Run (standard library only):
    pip download cfn-lint==1.58.0 --no-deps && unzip -q cfn_lint-*.whl -d cfn-lint
    tools/cloudformation_schema.py cfn-lint 1.58.0 > crates/catalogue/schemas/cloudformation-2026-10.txt
"""

import ast
import copy
import json
import re
import sys
from pathlib import Path

LONGEST_ENUM = 12
SCALARS = {"string": "s", "number": "n", "integer": "n", "boolean": "b"}
PROPERTY_FLAGS = [
    ("R", "readOnlyProperties"), ("w", "writeOnlyProperties"), ("C", "createOnlyProperties"),
    ("k", "conditionalCreateOnlyProperties"), ("d", "deprecatedProperties"),
]


def escape(text):
    """Keeps a value one word, free of the characters that the format uses."""
    return re.sub(r"[%\s|{}(),]", lambda match: f"%{ord(match.group()):02X}", text)


class Shape:
    """What a property may hold: any of these alternatives. No alternative at all means that the schema does not say."""

    def __init__(self):
        self.scalars = {}  # code -> list of allowed values, or None for any
        self.any_case = False  # the allowed values are compared without regard to case
        self.items = {}  # "l", "S" or "m" -> Shape
        self.bodies = set()  # names of definitions
        self.body = None  # Body written out in place
        self.free_object = False  # an object whose keys the schema does not list

    def is_any(self):
        return not (self.scalars or self.items or self.bodies or self.body or self.free_object)

    def add(self, other):
        """Union. May keep parts of `other`, which must not be used afterwards."""
        for code, values in other.scalars.items():
            if code in self.scalars and (values is None or self.scalars[code] is None):
                self.scalars[code] = None
            elif code in self.scalars:
                self.scalars[code] = self.scalars[code] + [v for v in values if v not in self.scalars[code]]
            else:
                self.scalars[code] = values
        self.any_case |= other.any_case
        for code, items in other.items.items():
            if code in self.items:
                self.items[code].add(items)
            else:
                self.items[code] = items
        self.bodies |= other.bodies
        if other.body:
            self.body = other.body if self.body is None else self.body.either(other.body)
        self.free_object |= other.free_object

    def refine(self, other):
        """Intersection, as far as the format can say it."""
        if other.is_any():
            return
        if self.is_any():
            self.add(other)
            return
        for code, values in other.scalars.items():
            if code in self.scalars and self.scalars[code] is None:
                self.scalars[code] = values
        self.any_case |= other.any_case
        for code, items in other.items.items():
            if code in self.items:
                self.items[code].refine(items)
        if other.bodies and self.free_object:
            self.bodies |= other.bodies
            self.free_object = False
        if other.body and (self.body or self.free_object):
            self.body = other.body if self.body is None else self.body.both(other.body)
            self.free_object = False

    def code(self):
        parts = [f"={name}" for name in sorted(self.bodies)]
        if self.body or self.free_object:
            parts.append("o")
        parts += [f"{kind}({self.items[kind].code()})" for kind in sorted(self.items)]
        parts += [code + self.values(self.scalars[code]) for code in sorted(self.scalars)]
        return "|".join(parts) or "*"

    def values(self, values):
        if values is None:
            return ""
        if len(values) > LONGEST_ENUM:
            return f"{{#{len(values)}}}"
        words = [escape(v if isinstance(v, str) else json.dumps(v)) for v in values]
        return "{" + ("~" if self.any_case else "") + "|".join(words) + "}"

    def written_out(self):
        """The bodies to print below the line that holds this shape's code."""
        found = [self.body] if self.body else []
        for kind in sorted(self.items):
            found += self.items[kind].written_out()
        return found


class Body:
    """The properties of an object: name -> (Shape, flags, default or None)."""

    def __init__(self, properties):
        self.properties = properties

    def either(self, other):
        """One or the other: a property is required only if both require it."""
        properties = {}
        for name in {**self.properties, **other.properties}:
            sides = [side.properties[name] for side in (self, other) if name in side.properties]
            shape, flags = Shape(), set()
            for side_shape, side_flags, _ in sides:
                shape.add(side_shape)
                flags |= side_flags
            if len(sides) < 2 or not all("r" in side_flags for _, side_flags, _ in sides):
                flags -= {"r"}
            properties[name] = (shape, flags, sides[0][2])
        return Body(properties)

    def both(self, other):
        """One and the other."""
        properties = {**other.properties, **self.properties}
        for name in self.properties.keys() & other.properties.keys():
            shape, flags, default = self.properties[name]
            shape.refine(other.properties[name][0])
            properties[name] = (shape, flags | other.properties[name][1], default)
        return Body(properties)


class Reader:
    """Reads one resource type's schema."""

    def __init__(self, schema):
        self.schema = schema
        self.definitions = schema.get("definitions", {})
        self.flags = {}  # (id of a "properties" object, property name) -> flags
        for flag, key in PROPERTY_FLAGS:
            for pointer in schema.get(key, []):
                names = [step for step in pointer.split("/")[2:] if step not in ("*", "items", "properties")]
                self.mark(names, {"properties": schema["properties"]}, flag)
        self.names = self.body_names()
        self.bodies = {}  # name -> Body, of the definitions that something refers to
        self.rest = {}  # name -> Shape, what such a definition may be besides an object
        self.open = []  # definitions being read in place, to stop recursion

    def body_names(self):
        """`AWS::ApiGateway::Stage.CanarySetting` -> `Stage.CanarySetting`, where that stays unique."""
        short = {name: escape(name.rsplit("::", 1)[-1]) for name in self.definitions}
        return short if len(set(short.values())) == len(short) else {name: escape(name) for name in self.definitions}

    def mark(self, names, node, flag):
        """Sets a flag on the property that a path of names leads to. A definition that is used twice is marked once."""
        name, rest = names[0], names[1:]
        for place in self.objects_at(node, set()):
            if name not in place["properties"]:
                continue
            if rest:
                self.mark(rest, place["properties"][name], flag)
            else:
                self.flags.setdefault((id(place["properties"]), name), set()).add(flag)

    def objects_at(self, node, seen):
        """The objects with listed properties that a schema node may stand for, through references and lists."""
        if not isinstance(node, dict) or id(node) in seen:
            return
        seen.add(id(node))
        if "properties" in node:
            yield node
        if "$ref" in node:
            yield from self.objects_at(self.definitions.get(node["$ref"].split("/", 2)[-1]), seen)
        for key in ("items", "additionalProperties"):
            yield from self.objects_at(node.get(key), seen)
        for inner in node.get("patternProperties", {}).values():
            yield from self.objects_at(inner, seen)
        for key in ("oneOf", "anyOf", "allOf", "prefixItems"):
            for inner in node.get(key, []):
                yield from self.objects_at(inner, seen)

    def shape(self, node):
        result = self.own_shape(node)
        if "$ref" in node:
            result.refine(self.referred(node["$ref"].split("/", 2)[-1]))
        for part in node.get("allOf", []):
            result.refine(self.shape(part))
        for key in ("oneOf", "anyOf"):
            union = Shape()
            for part in node.get(key, []):
                union.add(self.shape(part))
            result.refine(union)
        return result

    def own_shape(self, node):
        """What `type` and its companions say."""
        shape = Shape()
        kinds = node.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not kinds and ("properties" in node or "patternProperties" in node):
            kinds = ["object"]
        if not kinds and "items" in node:
            kinds = ["array"]
        values = node.get("enum", [node["const"]] if "const" in node else node.get("enumCaseInsensitive"))
        if not kinds and values:
            kinds = ["string"]
        for kind in kinds:
            if kind in SCALARS:
                shape.scalars[SCALARS[kind]] = values
                shape.any_case |= "enumCaseInsensitive" in node
            elif kind == "array":
                shape.items["l" if node.get("insertionOrder", True) else "S"] = self.items(node)
            elif kind == "object":
                self.add_object(node, shape)
        return shape

    def items(self, node):
        items = self.shape(node["items"]) if isinstance(node.get("items"), dict) else Shape()
        first = Shape()
        for part in node.get("prefixItems", []):
            first.add(self.shape(part))
        items.refine(first)
        return items

    def add_object(self, node, shape):
        if node.get("properties"):
            required = node.get("required", [])
            shape.body = Body({
                name: (
                    self.shape(inner),
                    self.flags.get((id(node["properties"]), name), set()) | ({"r"} if name in required else set()),
                    inner.get("default"),
                )
                for name, inner in node["properties"].items()
            })
            return
        inner = [n for n in node.get("patternProperties", {}).values() if isinstance(n, dict)]
        if isinstance(node.get("additionalProperties"), dict):
            inner.append(node["additionalProperties"])
        if not inner:
            shape.free_object = True
            return
        shape.items["m"] = Shape()
        for part in inner:
            shape.items["m"].add(self.shape(part))

    def referred(self, name):
        """A definition with properties is referred to by name; any other is read in place."""
        shape = Shape()
        node = self.definitions.get(name)
        if node is None:
            return shape
        label = self.names[name]
        if label in self.bodies:
            shape.bodies.add(label)
            if label in self.rest:
                shape.add(copy.deepcopy(self.rest[label]))
            return shape
        if name in self.open:
            return shape
        if any(True for _ in self.own_objects(node, set())):
            self.bodies[label] = Body({})  # holds the place, for definitions that refer to themselves
            read = self.shape(node)
            if read.body:
                self.bodies[label] = read.body
                read.body = None
                if not read.is_any():
                    self.rest[label] = read
                    shape.add(copy.deepcopy(read))
                shape.bodies.add(label)
                return shape
            del self.bodies[label]
        self.open.append(name)
        shape = self.shape(node)
        self.open.pop()
        return shape

    def own_objects(self, node, seen):
        """Like `objects_at`, but neither through references nor through lists."""
        if node.get("properties"):
            yield node
        for key in ("oneOf", "anyOf", "allOf"):
            for inner in node.get(key, []):
                yield from self.own_objects(inner, seen)


def print_body(body, depth, out):
    for name in sorted(body.properties):
        shape, flags, default = body.properties[name]
        line = f"{' ' * depth}{escape(name)} {shape.code()}"
        if flags:
            line += " " + "".join(flag for flag in "rRwCkd" if flag in flags)
        if default is not None:
            line += " default=" + re.sub(r"[%\s]", lambda m: f"%{ord(m.group()):02X}", json.dumps(default, separators=(",", ":")))
        out.append(line)
        for inner in shape.written_out():
            print_body(inner, depth + 1, out)


def get_att_rules(source):
    """The two tables of cfn-lint's _getatts.py: types whose every property GetAtt takes, and single additions."""
    tables = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.targets[0].id in ("_all_property_types", "_exceptions"):
            tables[node.targets[0].id] = ast.literal_eval(node.value)
    return set(tables["_all_property_types"]), tables["_exceptions"]


def type_line(schema, us_east_1, all_get_att, more_get_att):
    name = schema["typeName"]
    words = [name]
    identifier = [pointer.removeprefix("/properties/").replace("/", ".") for pointer in schema.get("primaryIdentifier", [])]
    if identifier:
        words.append("ref=" + "+".join(identifier))
    tagging = schema.get("tagging", {})
    if tagging.get("taggable") and tagging.get("tagProperty"):
        words.append("tags=" + tagging["tagProperty"].removeprefix("/properties/").replace("/", "."))
    if name in all_get_att:
        words.append("getatt=*")
    elif more_get_att.get(name):
        words.append("getatt=" + ",".join(more_get_att[name]))
    if name not in us_east_1 and not name.startswith("AWS::Serverless::"):  # the SAM transform works everywhere
        words.append("elsewhere")
    status = schema.get("lifecycle", {}).get("status")
    if status:
        words.append("lifecycle=" + escape(status))
    return " ".join(words)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, version = Path(sys.argv[1]) / "cfnlint", sys.argv[2]
    data = root / "data" / "schemas"
    dated = json.loads((data / "version.json").read_text())["schema_date"]
    us_east_1 = json.loads((data / "providers" / "us-east-1.json").read_text())
    rules = get_att_rules((root / "schema" / "_getatts.py").read_text())
    schemas = [json.loads(path.read_text()) for path in (data / "resources").glob("*.json")]
    out = [
        f"# CloudFormation resource types as in cfn-lint {version}, schemas of {dated[:10]}.",
        "# Generated by tools/cloudformation_schema.py, do not edit. Format: README.md beside this file.",
    ]
    for schema in sorted(schemas, key=lambda schema: schema["typeName"]):
        out.append(type_line(schema, us_east_1, *rules))
        reader = Reader(schema)
        shape = reader.shape({"type": "object", **{k: schema[k] for k in ("properties", "required") if k in schema}})
        print_body(shape.body or Body({}), 1, out)
        for label in sorted(reader.bodies):
            out.append(f" ={label}")
            print_body(reader.bodies[label], 2, out)
    sys.stdout.write("\n".join(out) + "\n")


main()
