"""Reference tables of the documentation and the JSON Schema, made from the declarations.

``python -m conformance.scenario.docs`` brings both files in the repository up to date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.matchers import FIELD, MATCHERS
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES, TRANSPORT_CAPABILITIES
from conformance.profiles.rufh.drafts import capability_meanings
from conformance.scenario.frames import FRAMES
from conformance.scenario.header import HEADER
from conformance.scenario.parts import CUT, HOLD, TRICKLE
from conformance.scenario.schema import SCHEMA_FILE, schema_text
from conformance.scenario.setups import SHIPPED, load_set_ups
from conformance.scenario.steps import EXCHANGES, READ_BACK, RESTART, RESUME, TOGETHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.scenario.keys import Record

DOCS_FILE: Final = SHIPPED.parent / "docs" / "scenarios.md"

_BLOCK: Final = re.compile(
    r"(?P<begin><!-- begin (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end (?P=name) -->)", re.DOTALL
)


def refresh(text: str) -> str:
    """Return a page with every block between ``begin`` and ``end`` marks written anew."""
    blocks = reference()
    return _BLOCK.sub(
        lambda found: f"{found['begin']}{blocks[found['name']]}\n{found['end']}", text
    )


def reference() -> dict[str, str]:
    """Return the generated blocks by name."""
    return {
        "file": _record(HEADER),
        "exchange": _exchange_table(),
        "other-steps": "\n\n".join(
            f"**{record.kind}**: {record.doc}\n\n{_record(record)}"
            for record in (RESUME, TOGETHER, READ_BACK, RESTART)
        ),
        "parts": "\n\n".join(
            f"**{record.kind}**: {record.doc}\n\n{_record(record)}"
            for record in (CUT, HOLD, TRICKLE)
        ),
        "frames": "\n\n".join(
            f"**{kind}**: {record.doc}\n\n{_record(record)}" for kind, record in FRAMES.items()
        ),
        "matchers": _matchers(),
        "draft-capabilities": _meanings("the draft has", capability_meanings()),
        "transport-capabilities": _meanings("the transport has", TRANSPORT_CAPABILITIES),
        "target-capabilities": _meanings("the target has", TARGET_CAPABILITIES),
        "set-ups": _meanings(
            "what holds after it", {name: each.title for name, each in load_set_ups().items()}
        ),
    }


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _record(record: Record) -> str:
    return _table(
        ("key", "meaning", "example"),
        (
            (f"`{key.name}`{' (needed)' if key.required else ''}", key.doc, f"`{key.example}`")
            for key in record.keys
        ),
    )


def _exchange_table() -> str:
    rows: dict[str, tuple[str, ...]] = {}
    for verb, record in EXCHANGES.items():
        rows[verb] = (f"`{verb}`", record.doc, "`up`")
    for record in EXCHANGES.values():
        for key in record.keys[1:]:
            verbs = (
                f" ({', '.join(sorted(key.on))})" if 0 < len(key.on) < len(EXCHANGES) - 2 else ""
            )
            rows[f"{key.name} {key.doc}"] = (
                f"`{key.name}`",
                f"{key.doc}{verbs}",
                f"`{key.example}`",
            )
    return _table(("key", "meaning", "example"), rows.values())


def _matchers() -> str:
    rows = [(f"`{spec.key}`", spec.summary, f"`{spec.example}`") for spec in MATCHERS.values()]
    rows.append(("`Field-Name`", FIELD.summary, f"`{FIELD.example}`"))
    return _table(("key", "what it demands", "example"), rows)


def _meanings(head: str, meanings: Mapping[str, str]) -> str:
    return _table(("name", head), ((f"`{name}`", text) for name, text in meanings.items()))


def main() -> None:
    """Write both files."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    DOCS_FILE.write_text(refresh(DOCS_FILE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
