"""The scenario language: from a file to cases, from a case to a plan, and back to a file."""
