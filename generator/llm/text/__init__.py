"""What is in the text of an answer that is not the report: pure functions on text.

In the order in which they are used: `repeaters` (pieces that hold all the text so far), `loops` (a
model that says the same again and again, noticed while it does), `thoughts` (what it thought
aloud), `tools` (calls that nobody answers), `marks` (what its chat template left), `wrappers` (what
is put around the whole answer), `talk` (what is said to the user before and after it), `clean` (all
of these together), `apology` (what a filter puts in place of the rest), `whole` (whether a text
that was cut may be whole), `cited` (references that came beside the text), `tokens` (how many
tokens a text is, about).
"""
