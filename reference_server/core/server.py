"""The core as a whole: reads the head of a request and finds who serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from reference_server.core.append import Appender
from reference_server.core.call import Call, fallback_draft
from reference_server.core.creation import Creator
from reference_server.core.exchange import Actions, Exchange
from reference_server.core.fields import read_version
from reference_server.core.messages import FieldLine, RefusalError, Request, Response
from reference_server.core.problems import Problem
from reference_server.core.resources import UploadResource
from reference_server.core.states import State
from reference_server.core.storage import StoreError
from reference_server.core.target import PlainUpload, fetch, redirection

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.conduct import Policy
    from reference_server.core.uploads import Registry, Upload

UPLOADS = "/uploads/"
FILES = "/files/"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Core:
    """A server without a network.

    Args:
        policy: all decisions.
        registry: all uploads.
        tokens: bearer token to user; empty if everybody may do everything.

    Attributes:
        creator: serves creations.
        appender: serves appends.
        resource: serves the other methods of upload resources.
        plain: serves ordinary uploads.
    """

    creator: type[Creator] = Creator
    appender: type[Appender] = Appender
    resource: type[UploadResource] = UploadResource
    plain: type[PlainUpload] = PlainUpload

    def __init__(
        self, *, policy: Policy, registry: Registry, tokens: dict[str, str] | None = None
    ) -> None:
        self.policy = policy
        self.registry = registry
        self._tokens = tokens or {}
        self._creator = self.creator(policy, registry)
        self._appender = self.appender(policy, registry)
        self._resource = self.resource(policy, registry)

    def begin(self, request: Request, actions: Actions) -> Exchange:
        """Serve the head of a request; the exchange returned takes its content."""
        try:
            return self._route(request, actions)
        except RefusalError as refusal:
            actions.final(refusal.response)
            return Exchange()
        except StoreError:
            problem = Problem(status=507, detail="There is no room for another upload.")
            actions.final(self.policy.refusal(problem))
            return Exchange()

    def _route(self, request: Request, actions: Actions) -> Exchange:
        upload = None
        if request.path.startswith(UPLOADS):
            upload = self._find_upload(request)
        call = self._understand(request, upload)
        if request.method not in _METHODS:
            self._refuse(call, Problem(status=501, detail="The method is not known here."))
        if request.path.startswith(UPLOADS):
            return self._serve_upload(call, actions, upload)
        if request.path.startswith(FILES):
            return self._answer(actions, self._serve_file(call))
        return self._serve_target(call, actions)

    def _answer(self, actions: Actions, response: Response) -> Exchange:
        actions.final(response)
        return Exchange()

    def _find_upload(self, request: Request) -> Upload | None:
        upload = self.registry.find(request.path.removeprefix(UPLOADS))
        return None if upload is None or upload.state is State.INVALID else upload

    def _understand(self, request: Request, upload: Upload | None) -> Call:
        """Find out which draft rules and who asks."""
        named = read_version(request.fields)
        if named is not None:
            draft: Draft = named
        elif upload is not None:
            draft = upload.draft
        else:
            draft = fallback_draft(request.fields)
        call = Call(request=request, named=named, draft=draft)
        if not self._tokens:
            return call
        return Call(request=request, named=named, draft=draft, user=self._authenticate(call))

    def _authenticate(self, call: Call) -> str:
        """Return the user a bearer token belongs to (RFC 6750).

        Raises:
            RefusalError: there is no token or it is unknown.
        """
        value = call.request.fields.get("Authorization") or ""
        scheme, _, token = value.partition(" ")
        user = self._tokens.get(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            problem = Problem(status=401, detail="A bearer token is needed.")
            challenge = ("WWW-Authenticate", 'Bearer realm="uploads"')
            self._refuse(call, problem, challenge)
        return user

    def _refuse(self, call: Call, problem: Problem, *fields: FieldLine) -> NoReturn:
        """Refuse a request; a creation or append is told that nothing is complete."""
        request = call.request
        appending = request.method == "PATCH" and request.path.startswith(UPLOADS)
        if appending or call.draft.completeness_field in request.fields:
            self.policy.refuse(call, None, problem, *fields)
        raise RefusalError(self.policy.refusal(problem, *fields))

    # Upload resources and stored representations

    def _serve_upload(self, call: Call, actions: Actions, upload: Upload | None) -> Exchange:
        policy, method = self.policy, call.request.method
        if upload is None or not policy.may_use(upload.representation.owner, call.user):
            self._refuse(call, Problem(status=404, detail="There is no such upload."))
        if method == "PATCH":
            return self._appender.serve(call, actions, upload)
        return self._answer(actions, self._serve_resource(call, upload))

    def _serve_resource(self, call: Call, upload: Upload) -> Response:
        method = call.request.method
        if method == "HEAD" or (method == "GET" and call.draft.has("get-retrieval")):
            return self._resource.retrieve(call, upload)
        if method == "DELETE":
            return self._resource.cancel(call, upload)
        if method == "OPTIONS":
            return self._resource.options(call, upload)
        return self._resource.method_not_allowed(call)

    def _serve_file(self, call: Call) -> Response:
        found = self.registry.representation(call.request.path.removeprefix(FILES))
        if found is None or not self.policy.may_use(found.owner, call.user):
            self._refuse(call, Problem(status=404, detail="There is no such file."))
        return fetch(self.policy, found, call.request.method)

    # Targets

    def _serve_target(self, call: Call, actions: Actions) -> Exchange:
        policy, request = self.policy, call.request
        moved = redirection(request)
        if moved is not None:
            if call.draft.completeness_field in request.fields:
                moved = moved.adding(policy.completeness(call.draft, complete=False))
            return self._answer(actions, moved)
        if request.method == "OPTIONS":
            fields = policy.fields_for_target_options(call)
            return self._answer(actions, Response(status=204, fields=fields))
        if request.method in ("GET", "HEAD", "DELETE"):
            allow = ("Allow", policy.methods_of_target())
            detail = "Uploads can be sent here, nothing else."
            self._refuse(call, Problem(status=405, detail=detail), allow)
        if not request.target.startswith("/"):
            self._refuse(call, Problem(status=400, detail="This target takes no uploads."))
        if request.method == "PUT" and "Content-Range" in request.fields:
            self._refuse(call, Problem(status=400, detail="A part cannot be put here."))
        return self._serve_upload_request(call, actions)

    def _serve_upload_request(self, call: Call, actions: Actions) -> Exchange:
        complete = self.policy.read_completeness(call)
        if complete is None or not self.policy.creates_upload(call, complete=complete):
            return self._serve_plain(call, actions, ())
        exchange = self._creator.serve(call, actions, complete=complete)
        told = self.policy.completeness(call.draft, complete=True)
        return exchange or self._serve_plain(call, actions, (told,))

    def _serve_plain(self, call: Call, actions: Actions, told: tuple[FieldLine, ...]) -> Exchange:
        """Serve an upload in one request; ``told`` is added to the response of the target."""
        policy = self.policy
        if policy.exceeds_size(call.request.length or 0):
            problem = policy.too_large("The representation is too large.")
            self._refuse(call, problem, *policy.limit(call.draft, None))
        exchange = self.plain(
            policy=policy, registry=self.registry, call=call, actions=actions, told=told
        )
        if policy.sends_continue(call):
            actions.interim(100, ())
        return exchange
