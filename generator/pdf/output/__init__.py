"""The file: `ink` draws, `tags` tells who listens what is drawn, `about` says what the document is,
and `file` puts all of it together.
"""
