"""Devices from purchase to disposal: who has them, where they are, what they are worth, what comes after them."""
