"""The week of one district or of the whole city: who drives where on which day."""
