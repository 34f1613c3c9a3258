"""Decisions about what the server does while content arrives: one small method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.rules import Rules

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload

#: Octets that are worth a progress report, and seconds between two reports of one exchange.
PROGRESS_OCTETS = 96 * 1024
PROGRESS_SECONDS = 0.1
#: Seconds after which less is reported as well: somebody waits at the other end of a slow network.
SLOW_PROGRESS_SECONDS = 2.0


class Policy(Rules):
    """All decisions of the server: answers, rules and conduct."""

    def understands_version(self, call: Call) -> bool:
        """Tell whether the request names a version that is known here."""
        return call.named is not None

    def announces(self, call: Call) -> bool:
        """Tell whether the upload resource is announced by a 104."""
        return self.understands_version(call) and call.request.may_have_interim

    def reports_progress(self, call: Call) -> bool:
        """Tell whether 104 may report progress in this exchange."""
        return self.announces(call) and call.draft.has("progress-104")

    def progress_interval(self, unreported: int) -> float:
        """Return the seconds from one progress report to the next, by the octets it would tell."""
        return PROGRESS_SECONDS if unreported >= PROGRESS_OCTETS else SLOW_PROGRESS_SECONDS

    def sends_continue(self, call: Call) -> bool:
        """Tell whether 100 is sent; a 104 before it makes no difference."""
        return call.request.expects_continue

    def creates_upload(self, call: Call, *, complete: bool) -> bool:
        """Tell whether a request to a target makes an upload resource.

        Without a known version a complete upload is served as an ordinary one: the client cannot
        be told of the upload resource. One with more to follow is served by the newest rules,
        for an ordinary answer would turn a part into the whole.
        """
        return not complete or self.understands_version(call)

    def checks_digests(self, draft: Draft) -> bool:
        """Tell whether digests in requests are compared."""
        return draft.has("digests")

    def take_over(self, upload: Upload) -> None:
        """End the transfer under way, so that a new request finds a settled upload."""
        if upload.transfer is not None:
            upload.transfer.overtaken()

    def keeps_interrupted(self, upload: Upload) -> bool:
        """Tell whether octets of a transfer that was cut stay in the upload."""
        del upload
        return True

    def completes(self, upload: Upload, *, complete: bool) -> bool:
        """Tell whether a transfer that ended in order completes the upload."""
        del upload
        return complete

    def may_use(self, owner: str | None, user: str | None) -> bool:
        """Tell whether a user may use what belongs to an owner."""
        return owner == user

    def replays(self, call: Call) -> bool:
        """Tell whether the final response is given again to a valid append after completion."""
        return not call.draft.has("append-after-completion-refused") and call.draft.has(
            "early-response"
        )
