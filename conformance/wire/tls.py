"""TLS over a TCP link by memory buffers, so that a FIN without close_notify can be made."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.model.errors import TargetError
from conformance.wire.tcp import NOBODY, TcpLink

if TYPE_CHECKING:
    import socket

    from conformance.wire.link import Sink

_RECORD = 16_384
_READ = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """How to talk TLS with a target.

    Attributes:
        verify: check the certificate and its name.
        ca_file: PEM file of trust anchors used instead of the system's; empty for the system's.
        ca_data: PEM text of trust anchors, beside or instead of a file.
        client_certificate: PEM file with a certificate and key of ours; empty for none.
    """

    verify: bool = True
    ca_file: str = ""
    ca_data: str = ""
    client_certificate: str = ""


@lru_cache(maxsize=16)
def client_context(
    settings: TlsSettings, protocols: tuple[str, ...] = ("http/1.1",)
) -> ssl.SSLContext:
    """Return a context for settings; made once, because loading trust anchors is slow.

    Args:
        settings: how to talk.
        protocols: what is offered by ALPN, best first.

    Raises:
        TargetError: a certificate file cannot be read or holds none.
    """
    try:
        context = ssl.create_default_context(
            cafile=settings.ca_file or None, cadata=settings.ca_data or None
        )
        if settings.client_certificate:
            context.load_cert_chain(settings.client_certificate)
    except (OSError, ValueError) as error:
        files = " or ".join(filter(None, (settings.ca_file, settings.client_certificate)))
        raise TargetError(f"certificates cannot be read from {files or 'text'}: {error}") from error
    context.set_alpn_protocols(list(protocols))
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class TlsLink:
    """TLS on a connected socket; see :class:`conformance.wire.link.Link`.

    Octets count as handed over when the kernel has taken the whole record they are in.

    Attributes:
        ready: the handshake is done.
        failed: why there will be no TLS; empty while all is well.
    """

    __slots__ = (
        "_claimed", "_ended", "_fin", "_incoming", "_object", "_outgoing", "_pending", "_sink",
        "_tcp", "_wanted", "failed", "ready",
    )  # fmt: skip

    def __init__(
        self, sock: socket.socket, context: ssl.SSLContext, server_name: str, sink: Sink
    ) -> None:
        self.ready = False
        self.failed = ""
        self._sink: Sink = sink
        self._ended = False
        self._fin = False
        self._wanted = False
        self._pending = b""  # records the kernel has not taken yet
        self._claimed = 0  # octets of the last push that are in such a record
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=server_name or None
        )
        self._tcp = TcpLink(sock, self)

    @property
    def broken(self) -> str:
        """Why nothing can be handed over any more."""
        return self._tcp.broken or self.failed or ("sending has been finished" if self._fin else "")

    @property
    def local(self) -> str:
        """Our own address as ``host:port``."""
        return self._tcp.local

    @property
    def description(self) -> str:
        """Return TLS version and chosen protocol, for the record."""
        return f"{self._object.version()} {self.protocol}".strip()

    @property
    def protocol(self) -> str:
        """Return the protocol chosen by ALPN; empty if none was."""
        return self._object.selected_alpn_protocol() or ""

    def shake_hands(self) -> None:
        """Begin or go on with the handshake."""
        try:
            self._object.do_handshake()
            self.ready = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.failed = f"TLS: {_words(error)}"
        self._flush()
        if self.ready or self.failed:
            self._sink.room()

    def push(self, octets: bytes) -> int:
        """Encrypt octets and hand them to the kernel; return how many it took as whole records."""
        if self.broken or not self._flush():
            return 0
        done, self._claimed = self._claimed, 0
        while done < len(octets):
            piece = octets[done : done + _RECORD]
            self._object.write(piece)
            if not self._flush():
                self._claimed = len(piece)
                return done
            done += len(piece)
        return done

    def commit(self) -> int:
        """Let the record that is left over go out by itself; return its octets of content."""
        claimed, self._claimed = self._claimed, 0
        return claimed

    def want_room(self, *, wanted: bool) -> None:
        """Ask to be told when the kernel takes more."""
        self._wanted = wanted
        self._tcp.want_room(wanted=wanted or bool(self._pending))

    def unacknowledged(self) -> int | None:
        """Return octets of records that the peer's kernel has not acknowledged."""
        queued = self._tcp.unacknowledged()
        return None if queued is None else queued + len(self._pending)

    def pull(self) -> None:
        """Read until nothing more has arrived."""
        self._tcp.pull()

    def stop_reading(self) -> None:
        """Read nothing more."""
        self._ended = True
        self._tcp.stop_reading()

    def finish_sending(self) -> None:
        """Send close_notify and FIN."""
        if not self._fin and self.ready and not self._tcp.broken:
            # The alert is written before the answer to it is found missing.
            with contextlib.suppress(ssl.SSLError):
                self._object.unwrap()
        self._fin = True
        if self._flush():
            self._tcp.finish_sending()

    def truncate(self) -> None:
        """Send FIN without close_notify."""
        self._fin = True
        if self._flush():
            self._tcp.finish_sending()

    def reset(self) -> None:
        """Send RST."""
        self._tcp.reset()

    def close(self) -> None:
        """Close the socket."""
        self._tcp.close()
        self._sink = NOBODY

    def received(self, data: bytes) -> None:
        """Take octets from TCP."""
        self._incoming.write(data)
        if not self.ready:
            self.shake_hands()
        if self.ready:
            self._decrypt()
            self._flush()

    def ended(self, *, reset: bool, detail: str) -> None:
        """Take the end of the TCP connection."""
        if not self.ready:
            why = detail or "the peer closed the connection"
            self.failed = self.failed or f"TLS: {why} during the handshake"
            self._sink.room()
        self._end(reset=reset, detail=detail or "closed without close_notify")

    def room(self) -> None:
        """Hand over what is pending."""
        if not self._flush():
            return
        if self._fin:
            self._tcp.finish_sending()
        elif self._wanted:
            self._sink.room()
        else:
            self._tcp.want_room(wanted=False)

    def _decrypt(self) -> None:
        while not self._ended:
            try:
                data = self._object.read(_READ)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLError as error:
                self._end(reset=False, detail=f"TLS: {_words(error)}")
                return
            if not data:
                self._end(reset=False, detail="closed with close_notify")
                return
            self._sink.received(data)

    def _end(self, *, reset: bool, detail: str) -> None:
        if not self._ended:
            self._ended = True
            self._sink.ended(reset=reset, detail=detail)

    def _flush(self) -> bool:
        """Hand records to the kernel; tell whether it has taken all."""
        if self._outgoing.pending:
            self._pending += self._outgoing.read()
        if self._pending:
            self._pending = self._pending[self._tcp.push(self._pending) :]
            if self._pending:
                self._tcp.want_room(wanted=not self._tcp.broken)
        return not self._pending


def _words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    return (error.reason or str(error)).replace("_", " ").lower()
