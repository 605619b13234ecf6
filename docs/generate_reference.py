"""Write the reference pages that follow from the code: settings, schemas, tables, commands.

Run by `make docs`; writes below docs/reference/generated, which is not kept in the repository, so it is never stale.
"""

import importlib
import inspect
import re
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
import typer
from typer.main import get_command

from sangar.cli import app
from sangar.scenario.language import LanguageFile
from sangar.scenario.scenario import Scenario
from sangar.scenario.site import Site

OUT = Path(__file__).parent / "reference" / "generated"
RECORDS = {
    "Detections": ("sangar.core.detections", "DETECTION"),
    "Actions": ("sangar.core.actions", "ACTION"),
    "Events": ("sangar.core.events", "EVENT"),
    "Track updates": ("sangar.core.events", "UPDATE"),
    "Impact predictions": ("sangar.core.events", "IMPACT"),
}
NUMBERS = ("actions", "areas", "effectors", "events", "targets")
"""Modules of `sangar.core` whose enumerations the records hold."""
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
}

Schema = dict[str, Any]


def _meanings(description: str) -> tuple[str, dict[str, str]]:
    """Summary and meaning of each attribute of a docstring in Google layout."""
    summary, _, attributes = inspect.cleandoc(description).partition("Attributes:")
    found: dict[str, str] = {}
    name = ""
    for line in attributes.splitlines():
        if match := re.match(r"    (\w+): (.*)", line):
            name = match[1]
            found[name] = match[2]
        elif name and line.strip():
            found[name] += f" {line.strip()}"
    return summary.strip(), found


def _kind(schema: Schema) -> str:
    """What a value must be, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"] if part.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        items = schema.get("items")
        parts = [_kind(part) for part in schema.get("prefixItems", [items] if isinstance(items, dict) else [])]
        return f"list of {', '.join(parts) or 'values'}"
    words = [str(schema.get("type", "value")).replace("string", "text")]
    return ", ".join(words + [text.format(schema[key]) for key, text in LIMITS.items() if key in schema])


def _default(name: str, schema: Schema, required: list[str]) -> str:
    if name in required:
        return "**required**"
    value = schema.get("default")
    if value is None or isinstance(value, dict | list | tuple):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _structure(name: str, schema: Schema, struct: type | None) -> Iterator[str]:
    """Section of one settings structure: its sentence, and a table of its fields."""
    meanings = _field_meanings(struct) if struct else {}
    yield f"## {name}\n\n{_meanings(schema.get('description', ''))[0]}\n"
    yield "| field | value | default | meaning |\n|---|---|---|---|"
    for key, value in schema.get("properties", {}).items():
        default = _default(key, value, schema.get("required", []))
        yield f"| `{key}` | {_kind(value)} | {default} | {meanings.get(key, '')} |"
    yield ""


def _field_meanings(struct: type) -> dict[str, str]:
    """Meaning of each key in the file, from the docstrings of the structure and of what it extends."""
    meanings: dict[str, str] = {}
    for ancestor in reversed(struct.__mro__):
        meanings |= _meanings(ancestor.__doc__ or "")[1]
    return {field.encode_name: meanings.get(field.name, "") for field in msgspec.structs.fields(struct)}


def _structures(root: msgspec.inspect.Type) -> dict[str, type]:
    """Every settings structure that is part of one, by name."""
    found: dict[str, type] = {}
    kinds = [root]
    while kinds:
        kind = kinds.pop()
        if isinstance(kind, msgspec.inspect.StructType) and kind.cls.__name__ not in found:
            found[kind.cls.__name__] = kind.cls
            kinds += [field.type for field in kind.fields]
        kinds += [part for key in ("item_type", "types", "item_types") for part in _parts(kind, key)]
    return found


def _parts(kind: msgspec.inspect.Type, key: str) -> list[msgspec.inspect.Type]:
    part = getattr(kind, key, ())
    return list(part) if isinstance(part, tuple) else [part]


def write_settings(title: str, stem: str, struct: type[msgspec.Struct]) -> None:
    """Write the page and the JSON schema of a settings file."""
    schema = msgspec.json.schema(struct)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    (OUT / f"{stem}.schema.json").write_bytes(msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n")
    structures = _structures(msgspec.inspect.type_info(struct))
    lines = [f"# {title}\n", f"For editors and programs: {{download}}`JSON schema <{stem}.schema.json>`.\n"]
    definitions = schema["$defs"]
    for name in sorted(definitions, key=lambda name: name != struct.__name__):
        lines += _structure(name, definitions[name], structures.get(name))
    (OUT / f"{stem}.md").write_text("\n".join(lines), encoding="utf-8")


def _column_notes(module: ModuleType) -> dict[str, str]:
    """Comments that stand beside the columns in the source."""
    return dict(re.findall(r'\("(\w+)",.*?\),\s+# (.*)', inspect.getsource(module)))


def write_records() -> None:
    """Write the page of the record layouts: what the journal holds."""
    lines = ["# Records\n", "Layouts of what goes into the step and what comes out: the journal holds these bytes.\n"]
    for title, (module_name, name) in RECORDS.items():
        module = importlib.import_module(module_name)
        layout: np.dtype[np.void] = getattr(module, name)
        notes = _column_notes(module)
        lines += [f"## {title}\n", f"`{module_name}.{name}`, {layout.itemsize} octets.\n"]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        for column in layout.names or ():
            kind = layout[column]
            shape = f" x {' x '.join(map(str, kind.shape))}" if kind.shape else ""
            lines.append(f"| `{column}` | {kind.base}{shape} | {notes.get(column, '')} |")
        lines.append("")
    (OUT / "records.md").write_text("\n".join(lines), encoding="utf-8")


def write_numbers() -> None:
    """Write the page of the enumerations: what the integers in the records mean."""
    lines = ["# Numbers\n", "What the integers in the records mean. They are appended to, never renumbered.\n"]
    for name in NUMBERS:
        module = importlib.import_module(f"sangar.core.{name}")
        notes = dict(re.findall(r"^    (\w+) = \d+  # (.*)$", inspect.getsource(module), re.MULTILINE))
        for kind in (item for item in vars(module).values() if inspect.isclass(item) and issubclass(item, IntEnum)):
            if kind.__module__ != module.__name__:
                continue
            lines += [
                f"## {kind.__name__}\n",
                f"{inspect.getdoc(kind)}\n",
                "| number | name | meaning |",
                "|---|---|---|",
            ]
            lines += [f"| {member.value} | `{member.name}` | {notes.get(member.name, '')} |" for member in kind]
            lines.append("")
    (OUT / "numbers.md").write_text("\n".join(lines), encoding="utf-8")


def _commands(command: object, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


def write_commands() -> None:
    """Write the page of the command line, from the commands' own help."""
    lines = [
        "# Command line\n",
        "Exit codes: 0 done; 1 the answer is no (a verification failed, a replay differed); 2 it could not be done.\n",
        "With exit code 2 comes one sentence that says what is wrong and how to mend it.\n",
    ]
    for path, command in _commands(get_command(app), "sangar"):
        context = typer.Context(command, info_name=path, max_content_width=100, terminal_width=100)
        lines += [f"## {path}\n", f"```text\n{command.get_help(context)}\n```\n"]
    (OUT / "commands.md").write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Write all pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    write_settings("Site file", "site-file", Site)
    write_settings("Language file", "language-file", LanguageFile)
    write_settings("Scenario file", "scenario-file", Scenario)
    write_records()
    write_numbers()
    write_commands()


if __name__ == "__main__":
    main()
