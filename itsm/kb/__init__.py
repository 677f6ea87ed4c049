"""Knowledge base: articles from the draft to the archive, found in one line, measured by what they save."""
