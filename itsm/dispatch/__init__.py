"""Visits, timetable and the day route."""
