"""The report's files and mails.

Read `report` first (its PDF, and all of its files in REPORTS_DIR), then `files` (written as a whole
or not at all), `addresses` and `mail` (who gets a mail, and what it says), `smtp` (one mail for
each recipient, each once, and what a server's reply means).
"""
