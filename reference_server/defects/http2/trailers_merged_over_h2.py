"""Trailer fields of a request decide whether it completes the upload."""

from __future__ import annotations

from h2 import events as h2_events

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams


class _TrailersMerged(H2Streams):
    def handle(self, event: h2_events.Event) -> None:
        if isinstance(event, h2_events.TrailersReceived):
            stream = self._open.get(event.stream_id)
            transfer = stream.exchange if stream is not None else None
            if isinstance(transfer, Transfer):
                self._merge(transfer)
        super().handle(event)

    def _merge(self, transfer: Transfer) -> None:
        draft = transfer._call.draft  # noqa: SLF001
        for name, value in self._session.section:
            if name == draft.completeness_field.lower().encode():
                transfer._complete = (value == b"?1") is not draft.completeness_inverted  # noqa: SLF001


DEFECT = Defect(
    name="trailers-merged-over-h2",
    title="Trailer fields of a request decide whether it completes the upload",
    requirements=("HTTP-TRAILER-NOT-MERGED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_TrailersMerged,
    transport=Transport.H2,
)
