"""Measurements beside a bare application on the same data."""
