"""Strangers' files taken apart: HTML (`web`), `pdf` and `word` become text, with their `formulas`.

It is done in a process of its own, `child`.
"""
