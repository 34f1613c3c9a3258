"""One exchange as the oracle reads it: what was asked, whether it was in order, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from conformance.model.protocols import MALFORMED, Malformed
from conformance.model.scenario import ExchangeStep, Verb
from conformance.model.transcript import End, Framing
from conformance.profiles.rufh.drafts import VERSION_FIELD
from conformance.profiles.rufh.observe import completeness, plainly_framed, request_completeness
from conformance.syntax import sf

if TYPE_CHECKING:
    from conformance.fuzz.drive import Happened
    from conformance.model.transcript import Exchange, Message
    from conformance.profiles.rufh.drafts import Draft

#: refusals that speak of something else than what was asked: rights, load, a lock, a limit, a loss,
#: the wrong host, a missing length
ELSEWHERE: Final = frozenset(
    {401, 402, 403, 404, 407, 408, 410, 411, 413, 414, 417, 421, 423, 425, 426, 428, 429, 431, 451}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something no correct server says.

    Attributes:
        requirement: what it violates.
        step: name of the step whose answer shows it.
        label: tells violations of one requirement apart that are not the same mistake.
        said: what the target said, in words.
        possible: which states the upload could be in, in words; empty if it needs none.
        expect: the demands of a check that fails because of it, as YAML.
        rests_on: name of the earlier step whose answer called the upload complete, without which
            the check has nothing to judge; empty if it stands alone.
    """

    requirement: str
    step: str
    label: str
    said: str
    possible: str = ""
    expect: str = ""
    rests_on: str = ""

    @property
    def key(self) -> str:
        """Return what findings are told apart by."""
        return f"{self.requirement}/{self.label}"


class View:
    """An exchange with what the oracle wants to know of it, parsed when first asked for."""

    def __init__(self, happened: Happened, exchange: Exchange, draft: Draft) -> None:
        self.happened = happened
        self.exchange = exchange
        self.request = exchange.request
        self.final = exchange.final
        self.status = exchange.final.status if exchange.final is not None else 0
        self.draft = draft
        self.name = happened.step.name

    @property
    def label(self) -> str:
        """Return the word the step's name begins with."""
        return self.name.rpartition("-")[0]

    @cached_property
    def verb(self) -> Verb:
        """Return what the step does."""
        step = self.happened.step
        return step.verb if isinstance(step, ExchangeStep) else Verb.REQUEST

    @property
    def success(self) -> bool:
        """Tell whether it was answered 2xx, to the end."""
        return 200 <= self.status < 300 and self.exchange.end is End.FINAL

    @property
    def upgraded(self) -> bool:
        """Tell whether anything in the answer shows that the target made an upload resource."""
        told = self.complete is not None or self.offset is not None
        return told or bool(self.announcements) or bool(self.values("Location"))

    @property
    def whole(self) -> bool:
        """Tell whether the whole request was handed over before the answer came."""
        return self.request.complete and (
            self.final is None or self.final.sent_before >= self.request.handed
        )

    @cached_property
    def quiet(self) -> bool:
        """Tell whether nothing of it can still be going on at the target."""
        return self.exchange.end is End.FINAL and self.whole

    @cached_property
    def asked_offset(self) -> int | Malformed | None:
        """Return the request's Upload-Offset."""
        return sf.parse_integer(self.request.values("Upload-Offset"))

    @cached_property
    def asked_complete(self) -> bool | Malformed | None:
        """Return the request's completeness."""
        return request_completeness(self.exchange, self.draft)

    @cached_property
    def asked_length(self) -> int | Malformed | None:
        """Return the request's Upload-Length."""
        return sf.parse_integer(self.request.values("Upload-Length"))

    @cached_property
    def content_length(self) -> int | None:
        """Return the length the request's framing tells."""
        return self.request.declared if self.request.framing is Framing.CONTENT_LENGTH else None

    @cached_property
    def ordinary(self) -> bool:
        """Tell whether the request is in order in every field of its own."""
        request = self.request
        if request.framing is Framing.RAW or not plainly_framed(self.exchange):
            return False
        versions = request.values(VERSION_FIELD)
        if versions != (str(self.draft.number).encode(),) or request.version == "HTTP/1.0":
            return False
        step = self.happened.step
        if isinstance(step, ExchangeStep) and (step.to is not None or step.method == "POST"):
            return False
        if MALFORMED in (self.asked_offset, self.asked_complete, self.asked_length):
            return False
        if (self.asked_length or 0) < 0:  # type: ignore[operator]  # malformed was dealt with
            return False
        return self._media_type_right() and self._verb_fields_right()

    def _media_type_right(self) -> bool:
        wanted = self.draft.append_media_type
        if self.verb is not Verb.APPEND or wanted is None:
            return True
        return self.request.values("Content-Type") == (wanted.encode(),)

    def _verb_fields_right(self) -> bool:
        offset, complete = self.asked_offset, self.asked_complete
        match self.verb:
            case Verb.APPEND:
                return isinstance(offset, int) and offset >= 0 and isinstance(complete, bool)
            case Verb.CREATE:
                return offset is None and isinstance(complete, bool)
            case Verb.RETRIEVE | Verb.CANCEL | Verb.DISCOVER:
                return offset is None and complete is None
            case _:
                return False

    @cached_property
    def offset(self) -> int | Malformed | None:
        """Return the final response's Upload-Offset."""
        return sf.parse_integer(self.values("Upload-Offset"))

    @cached_property
    def complete(self) -> bool | Malformed | None:
        """Return the final response's completeness."""
        return completeness(self.final, self.draft) if self.final is not None else None

    @cached_property
    def length(self) -> int | Malformed | None:
        """Return the final response's Upload-Length."""
        return sf.parse_integer(self.values("Upload-Length"))

    def values(self, name: str) -> tuple[bytes, ...]:
        """Return a field's lines in the final response."""
        return self.final.values(name) if self.final is not None else ()

    @property
    def announcements(self) -> tuple[Message, ...]:
        """Return the 104 responses."""
        return tuple(each for each in self.exchange.interims if each.status == 104)

    def violation(
        self, requirement: str, label: str, said: str, expect: str, possible: str = ""
    ) -> Violation:
        """Return a violation this exchange shows."""
        return Violation(
            requirement=requirement,
            step=self.name,
            label=label,
            said=said,
            possible=possible,
            expect=expect,
        )
