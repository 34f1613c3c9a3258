"""Runs plans against a target and judges what came of them."""
