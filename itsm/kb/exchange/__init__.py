"""Articles as files: read from Markdown or JSON lines, and written as Markdown."""
