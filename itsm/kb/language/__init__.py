"""German as people type it: folding, stems, grams, compounds, near spellings. No database and no articles here.

Source: docs/rules/search.md.
"""
