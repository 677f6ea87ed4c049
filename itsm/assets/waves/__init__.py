"""How devices of a class are replaced over some quarters: plain calculation, nothing of the database."""
