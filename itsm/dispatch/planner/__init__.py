"""Pure planning: dataclasses in, a plan out; no database, clock or network."""
