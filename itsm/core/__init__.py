"""Shared foundations without a word of the domain."""
