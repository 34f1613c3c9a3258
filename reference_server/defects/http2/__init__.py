"""Faults of the HTTP/2 front end."""
