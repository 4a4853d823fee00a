"""The report's files and mails.

Read `report` first (its PDF, and all of its files in REPORTS_DIR), then `files` (written as a whole
or not at all), `addresses` and `mail` (who gets a mail, and what it says), `smtp` (one mail for
each recipient, each once), `connection` (TLS and the log-in) and `replies` (what the server's
words mean for a run).
"""
