"""A received field, read in the ways its tests need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.protocols import MALFORMED, Malformed
from conformance.syntax import sf
from conformance.syntax.fieldtypes import FieldKind, field_kind, read_number
from conformance.syntax.wording import shown

if TYPE_CHECKING:
    from conformance.model.transcript import Exchange, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A field as received, or one member of a dictionary field.

    Attributes:
        name: the field, or the field and the member.
        values: its field lines; for a member its one value.
        number: read as a number; None if absent.
        boolean: read as a Boolean; None if absent.
        exchange: where it was seen, for resolving references.
    """

    name: str
    values: tuple[bytes, ...]
    number: int | Malformed | None
    boolean: bool | Malformed | None
    exchange: Exchange | None = None

    @property
    def kind(self) -> FieldKind:
        """Return how the field is read."""
        return field_kind(self.name)

    @property
    def text(self) -> str | None:
        """Return the combined value; None if absent."""
        if not self.values:
            return None
        return b", ".join(self.values).decode("latin-1")

    def told(self) -> str:
        """Return what was seen, in words."""
        if not self.values:
            return f"no {self.name}" if " " in self.name else f"no {self.name} field"
        if len(self.values) > 1:
            lines = ", ".join(shown(value) for value in self.values[:4])
            return f"{len(self.values)} field lines {self.name}: {lines}"
        if isinstance(self.number, int) and self.values[0].decode("latin-1") == str(self.number):
            return f"{self.name} {self.number}"
        return f"{self.name} {shown(self.values[0])}"


def see(name: str, message: Message, exchange: Exchange | None) -> Seen:
    """Read a field of a message."""
    return see_values(name, message.values(name), exchange)


def see_values(name: str, values: tuple[bytes, ...], exchange: Exchange | None) -> Seen:
    """Read field lines of one name."""
    return Seen(
        name=name,
        values=values,
        number=read_number(name, values),
        boolean=sf.parse_boolean(values),
        exchange=exchange,
    )


def see_member(field: str, key: str, member: sf.Member | None) -> Seen:
    """Read a member of a dictionary field."""
    name = f"{field} {key}"
    if member is None:
        return Seen(name=name, values=(), number=None, boolean=None)
    if not isinstance(member, sf.Item):
        return Seen(name=name, values=(b"(a list)",), number=MALFORMED, boolean=MALFORMED)
    value = member.value
    flag = value if isinstance(value, bool) else MALFORMED
    number = value if isinstance(value, int) and not isinstance(value, bool) else MALFORMED
    spelled = value if isinstance(value, bytes) else str(value).encode("utf-8")
    return Seen(name=name, values=(spelled,), number=number, boolean=flag)
