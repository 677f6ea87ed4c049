"""Tests of damage cases and claims."""
