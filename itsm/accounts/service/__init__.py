"""Verbs over people: sign-in, persons and their rights, absences."""
