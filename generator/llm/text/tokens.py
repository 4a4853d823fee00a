"""How many tokens a text is, about: for what no provider has counted."""

LETTERS = 4  # of a token, in scripts that tokenizers know best
OTHERS = 1.5  # characters of a token in any other


def about_tokens(text: str) -> int:
    """Return an estimate, right by a quarter or so for what today's tokenizers make of prose."""
    ascii_letters = len(text.encode("ascii", "ignore"))
    return round(ascii_letters / LETTERS + (len(text) - ascii_letters) / OTHERS)
