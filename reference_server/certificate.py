"""A certificate to throw away, for TLS without any preparation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class NoCertificateError(Exception):
    """A certificate cannot be made; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Files of a certificate, all PEM.

    Attributes:
        chain: the certificate.
        key: its private key, readable by nobody else.
        authority: the authority a client has to trust.
    """

    chain: Path
    key: Path
    authority: Path


def make_certificate(folder: Path, *hosts: str) -> Certificate:
    """Make an authority that is forgotten at once and a certificate for some hosts.

    Args:
        folder: where the files are written.
        hosts: names and addresses beside ``localhost`` and the loopback addresses.

    Raises:
        NoCertificateError: the package for this is not installed, or a host has no valid name.
        OSError: a file cannot be written.
    """
    try:
        import trustme
    except ImportError:
        raise NoCertificateError(
            "making a certificate needs the package trustme: pip install "
            "'resumable-conformance[tls]', or give a certificate and its key"
        ) from None
    authority = trustme.CA()
    names = dict.fromkeys((*hosts, "localhost", "127.0.0.1", "::1"))
    try:
        issued = authority.issue_cert(*names)
    except ValueError as error:
        raise NoCertificateError(f"no certificate can be made for these hosts: {error}") from None
    made = Certificate(
        chain=folder / "certificate.pem",
        key=folder / "key.pem",
        authority=folder / "authority.pem",
    )
    made.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(made.key)
    chain = b"".join(each.bytes() for each in issued.cert_chain_pems)
    made.chain.write_bytes(chain)
    authority.cert_pem.write_to_path(made.authority)
    return made
