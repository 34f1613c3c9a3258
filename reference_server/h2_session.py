"""The h2 library, set up so that what is wrong with one request stays with its stream.

The library ends the whole connection for every fault it finds in a request, counts streams by a
limit that is a connection error, too, and answers frames on streams that were reset. Here it
keeps what it is good at: frames, streams, windows, settings, field compression.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from h2.config import H2Configuration
from h2.connection import H2Connection as Library
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hpack import Decoder

from reference_server.h2_frames import ConnectionEndedError

if TYPE_CHECKING:
    from h2.errors import ErrorCodes
    from h2.events import Event

    from reference_server.bounds import Bounds
    from reference_server.h2_messages import Section

_ANY_NUMBER = 2**31 - 1
_FIRST_WINDOW = 65_535
_WINDOW_UPDATE = b"\x08"
_WINDOW_UPDATE_OCTETS = 13
#: Streams that were reset and whose late frames are still recognised.
_RESET_STREAMS = 1024


class _Decoder(Decoder):
    """Keeps field sections for us and shows the library empty ones, in which it finds no fault.

    Attributes:
        section: the last field section.
    """

    def __init__(self) -> None:
        super().__init__()
        self.section: Section = []

    def decode(self, data: bytes, raw: bool = False) -> Any:
        """Decompress a field section."""
        del raw
        self.section = [(bytes(each[0]), bytes(each[1])) for each in super().decode(data, raw=True)]
        return []


class Session:
    """One HTTP/2 connection without its I/O.

    The window of the connection is larger than those of all streams together and is opened again
    for everything that arrives, so that no stream waits for another.

    Args:
        bounds: what the client may take.
    """

    def __init__(self, bounds: Bounds) -> None:
        configuration = H2Configuration(
            client_side=False,
            header_encoding=None,
            validate_inbound_headers=False,
            normalize_inbound_headers=False,
        )
        self._library = Library(configuration)
        self._settings = {
            SettingCodes.MAX_CONCURRENT_STREAMS: bounds.streams,
            SettingCodes.MAX_HEADER_LIST_SIZE: bounds.head_octets,
            SettingCodes.MAX_FRAME_SIZE: bounds.frame_octets,
            SettingCodes.INITIAL_WINDOW_SIZE: bounds.window_octets,
        }
        self._decoder = _Decoder()
        self._decoder.max_header_list_size = 2 * bounds.head_octets
        self._library.decoder = self._decoder
        self._library.max_inbound_frame_size = bounds.frame_octets
        self._window = min(_ANY_NUMBER, (bounds.streams + 1) * bounds.window_octets)
        self._step = min(bounds.window_octets, self._window // 4)
        self._arrived = 0
        self._reset: OrderedDict[int, None] = OrderedDict()
        self._unsent = bytearray()
        self._ended = False

    @property
    def section(self) -> Section:
        """The field section of the last request."""
        return self._decoder.section

    # Reading

    def begin(self) -> None:
        """Announce settings and open the window of the connection."""
        library = self._library
        library.local_settings = Settings(client=False, initial_values=self._settings)
        library.initiate_connection()
        # Streams beyond the limit are refused one by one, so the library must not count them.
        unlimited = self._settings | {SettingCodes.MAX_CONCURRENT_STREAMS: _ANY_NUMBER}
        library.local_settings = Settings(client=False, initial_values=unlimited)
        if self._window > _FIRST_WINDOW:
            library.increment_flow_control_window(self._window - _FIRST_WINDOW)

    def receive(self, octets: bytes | memoryview, stream: int) -> list[Event]:
        """Take in octets of one frame and return what has happened.

        Args:
            octets: a part of one frame, in order.
            stream: the stream of the frame.

        Raises:
            ConnectionEndedError: the connection cannot go on.
        """
        if stream not in self._reset:
            return self._receive(octets)
        # Late frames on a stream that was reset are read, for they count, but not answered: of the
        # answers only the one that opens the window of the connection again is kept.
        self._unsent += self._library.data_to_send()
        events = self._receive(octets)
        answers = self._library.data_to_send()
        if answers[3:4] == _WINDOW_UPDATE:
            self._unsent += answers[:_WINDOW_UPDATE_OCTETS]
        return events

    def _receive(self, octets: bytes | memoryview) -> list[Event]:
        try:
            return self._library.receive_data(octets)
        except ProtocolError as error:
            self._ended = True  # the library has said so already
            raise ConnectionEndedError(error.error_code) from error

    def arrived(self, size: int) -> None:
        """Open the window of the connection again for content that has arrived."""
        self._arrived += size
        if self._arrived >= self._step:
            self._library.increment_flow_control_window(self._arrived)
            self._arrived = 0

    def stored(self, stream: int, size: int) -> None:
        """Open the window of a stream again for content that is stored."""
        self._library.increment_flow_control_window(size, stream)

    # Sending

    def send_section(self, stream: int, section: Section, *, ended: bool) -> None:
        """Send a field section; ``ended`` if nothing follows."""
        self._library.send_headers(stream, section, end_stream=ended)

    def room(self, stream: int) -> int:
        """Return how many octets of content may be sent in one frame now."""
        library = self._library
        return min(library.local_flow_control_window(stream), library.max_outbound_frame_size)

    def send_content(self, stream: int, data: bytes | memoryview, *, ended: bool) -> None:
        """Send some content, not more than there is room for."""
        self._library.send_data(stream, data, end_stream=ended)

    def reset(self, stream: int, code: ErrorCodes) -> None:
        """End a stream (RFC 9113, 5.4.2); what still comes for it is dropped."""
        self._library.reset_stream(stream, code)
        self._reset[stream] = None
        if len(self._reset) > _RESET_STREAMS:
            self._reset.popitem(last=False)

    def end(self, code: ErrorCodes) -> None:
        """Announce the end of the connection, once; nothing can be sent after it."""
        if not self._ended:
            self._ended = True
            self._library.close_connection(code)

    def to_send(self) -> bytes:
        """Return the octets to be sent."""
        data = self._library.data_to_send()
        if self._unsent:
            data = bytes(self._unsent) + data
            self._unsent.clear()
        return data
