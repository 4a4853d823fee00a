"""Files of reports: written as a whole or not at all, whatever stops the program in between."""

import glob
import os
import uuid
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path`, so that readers see the old file or the new one, never a part.

    Raises:
        OSError: the disk does not take it; what was at `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        leftover.unlink(missing_ok=True)  # of an attempt whose worker was killed
    # Not one name for all attempts: one that Temporal has given up may still be writing.
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
