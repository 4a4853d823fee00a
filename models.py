"""The data that crosses a process boundary: the inputs of the Workflow and of its Activities.

Temporal stores each of them as JSON in the Event History. A new field goes to the end and has a
default, so that a run started by an older program still reads.
"""

from dataclasses import dataclass, field

TASK_QUEUE = "research"


@dataclass
class LLMCallInput:
    """What `llm_call` asks the model."""

    prompt: str
    date: str = ""  # today as YYYY-MM-DD, from the Workflow's clock
    demo: bool = False  # answer with the bundled sample report, whatever the worker's LLM_MODEL


@dataclass
class PDFGenerationInput:
    """A report, and the name of the file that `create_pdf` makes of it in REPORTS_DIR."""

    content: str  # Markdown
    filename: str = "research_pdf.pdf"
    topic: str = ""
    date: str = ""
    model: str = ""


@dataclass
class SendEmailInput:
    """A report on its way to a mailbox."""

    # The report itself, and not only its path: the worker that mails it may be on another machine.
    report: PDFGenerationInput = field(default_factory=lambda: PDFGenerationInput(content=""))
    pdf_path: str = ""
    recipient: str = ""  # empty: EMAIL_TO


@dataclass
class GenerateReportInput:
    """What a person asks for when starting a run."""

    prompt: str
    email: str = ""  # mail the report here instead of to EMAIL_TO
    demo: bool = False  # make the sample report, call no LLM
