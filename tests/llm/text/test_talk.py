"""`text.talk`: what is said to the user before a report and after it."""

import pytest

from generator.llm.text.talk import without_announcement, without_last_words

REPORT = (
    "# Kelp farming\n\nKelp farms grow quickly in cold water. They need no feed.\n\n## Limits\n\n"
    "If you want to verify this, look at the prices of Norway. The last word is sargassum.\n"
)


@pytest.mark.parametrize(
    "before",
    [
        "Certainly! Here's a research report on kelp farming.",
        "Certainly! Here is a comprehensive report.\n\n---",
        "Okay, I will write a report on kelp farming for you.",
        "Gerne! Hier ist der Bericht.",
        "以下にレポートを示します。",
        "**Final report**",
        "---BEGIN REPORT---",
        "=== REPORT ===",
        ":::report",
        "### Response:",
        "> Thought for 12 seconds",
    ],
)
def test_what_is_said_before_the_title_goes(before: str) -> None:
    assert without_announcement(f"{before}\n\n{REPORT}") == REPORT


@pytest.mark.parametrize(
    "report",
    [
        f"Kelp grows half a metre a day in cold water, and it needs no land.\n\n{REPORT}",
        f"Kelp farming\n\n{REPORT}",
        f"## Report\n\n{REPORT}",
        "Report on kelp\n\n# Growth\n\nText.\n\n# Costs\n\nText.",
        REPORT,
    ],
)
def test_what_a_report_begins_with_stays(report: str) -> None:
    assert without_announcement(report) == report


@pytest.mark.parametrize(
    "after",
    [
        "---\n\nLet me know if you'd like me to expand on any section!",
        "Would you like me to go into more detail?",
        "I hope this helps! Feel free to ask if you have more questions.",
        "If you’d like, I can turn this into slides.",
        "Lassen Sie mich wissen, wenn Sie mehr brauchen.",
        "N'hésitez pas à me poser d'autres questions.",
        "¿Te gustaría que ampliara alguna sección?",
        "Если вам нужно больше подробностей, дайте знать, и я их добавлю.",
        "如果您需要更多信息，请告诉我。",
        "ご不明な点がございましたら、お気軽にお知らせください。",
        "더 궁금한 점이 있으시면 말씀해 주세요.",
        "هل ترغب في أن أضيف المزيد؟",
        "[End of report]",
        "*End of Report*",
        "--- End of report ---",
        "---END REPORT---",
        "=== END ===",
        "(Word count: 312)",
    ],
)
def test_what_is_said_after_the_end_goes(after: str) -> None:
    assert without_last_words(f"{REPORT}\n{after}\n") == REPORT


@pytest.mark.parametrize(
    "last",
    [
        "If you want to verify the figures, ask the directorate of fisheries.",
        "I hope that the prices will fall, said the minister.",
        "The end of the report of 1999 is lost.",
        "Let us now turn to the costs.",
        "End.",
        "- [END]: a mark",
        "---",
    ],
)
def test_what_a_report_ends_with_stays(last: str) -> None:
    assert without_last_words(f"{REPORT}\n{last}\n") == f"{REPORT}\n{last}\n"
