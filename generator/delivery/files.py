"""Files of reports: written as a whole or not at all, whatever stops the program in between."""

import glob
import os
import uuid
from pathlib import Path

from generator.settings import private_folder


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path`, so that readers see the old file or the new one, never a part.

    On this machine only its owner may read it.

    Raises:
        OSError: the disk does not take it; what was at `path` is as it was.
    """
    private_folder(path.parent)
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        leftover.unlink(missing_ok=True)  # of an attempt whose worker was killed
    # Not one name for all attempts: one that Temporal has given up may still be writing.
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
