"""Syntax of values, fields and messages; nothing here performs I/O."""
