"""The embedded reference server as targets of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.target import ReadBackWish, Target, secrets_of
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES

if TYPE_CHECKING:
    from conformance.embedded import Embedded, EmbeddedTarget

#: stands for the embedded server until it is started; nobody connects to it
PLACEHOLDER = Target(url="http://127.0.0.1/", name="embedded")


def targets_of(embedded: Embedded) -> tuple[Target, ...]:
    """Return a started server's configurations, every capability declared."""
    return tuple(_target(each) for each in embedded.configurations.values())


def _target(configuration: EmbeddedTarget) -> Target:
    return Target(
        url=configuration.url,
        name=configuration.name,
        fields=configuration.fields,
        other_fields=configuration.other_fields,
        secrets=secrets_of(configuration.fields + configuration.other_fields),
        limits=configuration.limits,
        read_back=ReadBackWish(url=configuration.read_back) if configuration.read_back else None,
        restart_hook=configuration.restart,
        offers=configuration.capabilities,
        lacks=frozenset(TARGET_CAPABILITIES) - configuration.capabilities,
    )
