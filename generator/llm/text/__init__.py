"""What is in the text of an answer that is not the report: pure functions on text.

`thoughts`: what a model thought aloud.
"""
