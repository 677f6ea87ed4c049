"""Damage, theft and loss: from the report of a school to compensation at the value on the day."""
