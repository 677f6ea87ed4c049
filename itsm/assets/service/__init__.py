"""Verbs of the device file."""
