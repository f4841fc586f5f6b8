"""What a process tells, plainly: one line an event on standard error, time first, key=value."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

QUIET = {
    "kafka": logging.WARNING,
    "kafka.net.selector": logging.ERROR,  # warns of every pause of a busy machine
    "aiokafka": logging.WARNING,
    "faust": logging.WARNING,
    "mode": logging.WARNING,
    "elastic_transport": logging.WARNING,
    "elasticsearch": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn": logging.WARNING,
}
"""Libraries whose everyday news is not ours to tell, and from which level on they are heard."""


class KeyValue(logging.Formatter):
    """``time=… level=… process=… logger=… msg="…"``, an exception's lines behind it."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = record.getMessage().replace("\\", "\\\\").replace('"', '\\"')
        message = message.replace("\n", "\\n")
        line = (
            f"time={time.replace('+00:00', 'Z')} level={record.levelname.lower()}"
            f' process={self._process} logger={record.name} msg="{message}"'
        )
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def log_to_stderr(process: str, level: str) -> None:
    """Send everything that this process logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KeyValue(process))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))
