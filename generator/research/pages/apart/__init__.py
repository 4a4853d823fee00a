"""Strangers' files taken apart: HTML (`web`) and Word (`word`) become text, with their `formulas`.

It is done in a process of its own, `child`, which also reads PDF.
"""
