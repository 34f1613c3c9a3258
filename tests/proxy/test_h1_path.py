"""What a path does to HTTP/1 exchanges; no sockets."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.transcript import CutHow, End
from conformance.proxy.actions import EndToClient, EndToServer, MakeCut, Read, WakeAfter
from conformance.proxy.h1_path import H1Path

if TYPE_CHECKING:
    from conformance.proxy.actions import Action

_SPEC = importlib.util.spec_from_file_location("_proxy_desk", Path(__file__).with_name("conftest.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
desk = importlib.util.module_from_spec(_SPEC)
sys.modules["_proxy_desk"] = desk
_SPEC.loader.exec_module(desk)
