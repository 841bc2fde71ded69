"""config.yaml -> frozen settings. Unknown keys are refused with the nearest known one; errors name file, line, key and value.

Order, later wins: defaults, the file, `AGGREGATOR_<KEY>__<KEY>` from the environment. Secrets come from the environment or
a file of their own, never from here.
"""

from aggregator.settings.model import (
    DigestSettings,
    DraftSettings,
    LogSettings,
    MailSettings,
    PollSettings,
    RoundupSettings,
    SectionSettings,
    Settings,
    WebSettings,
)
from aggregator.settings.reading import find_config, load_settings, parse_settings
from aggregator.settings.values import WEEKDAYS, parse_duration

__all__ = [
    "WEEKDAYS",
    "DigestSettings",
    "DraftSettings",
    "LogSettings",
    "MailSettings",
    "PollSettings",
    "RoundupSettings",
    "SectionSettings",
    "Settings",
    "WebSettings",
    "find_config",
    "load_settings",
    "parse_duration",
    "parse_settings",
]
