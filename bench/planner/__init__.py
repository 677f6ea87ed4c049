"""How good the week planner is, next to other engines and to simple practice."""
