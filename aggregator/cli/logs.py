"""Log lines: sentences for people, or one JSON object a line by setting."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(level: str, form: str) -> None:
    """Sends the product's and its libraries' log to stderr. level: debug, info, warning or error. form: human or json."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True)
        if form == "json"
        else structlog.processors.TimeStamper("%Y-%m-%d %H:%M:%S", utc=False),
        structlog.processors.format_exc_info,
    ]
    last: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _sentence
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aggregator").setLevel(level.upper())
    # Anybody can send what is no request: it is answered so, and is no news.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    # A skipped tick is no news: the next one does the work.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _sentence(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    """ "2026-11-27 07:00:03 warning: ..." without the fields, which are for machines."""
    level = "" if event.get("level") in ("info", "debug") else f"{event.get('level')}: "
    trace = f"\n{event['exception']}" if "exception" in event else ""
    return f"{event.get('timestamp')} {level}{event.get('event')}{trace}"
