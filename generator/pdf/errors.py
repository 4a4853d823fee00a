"""What can be wrong with a report, or with the font that is to help print it."""


class UnprintableReport(ValueError):
    """This input will never become a PDF: do not retry. The message says what to do instead."""


class UnusableFont(ValueError):
    """The font of PDF_FONT cannot be used. The message says why; a person can mend it."""
