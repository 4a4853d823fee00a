"""The file: `ink` draws, `tags` tells who listens what is drawn, `about` says what the document is,
`outline` lists its headings, and `file` puts all of it together.
"""
