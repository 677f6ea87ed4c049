"""Users, their grants, and sign-in."""
