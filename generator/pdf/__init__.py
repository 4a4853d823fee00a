"""Markdown in, PDF bytes out. Knows nothing of the rest of this program."""

from generator.pdf.document import render as render
from generator.pdf.typeset import UnprintableReport as UnprintableReport
