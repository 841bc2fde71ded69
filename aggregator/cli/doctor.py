"""What `doctor` finds in this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.cli.session import Session

if TYPE_CHECKING:
    from aggregator.desk.doctor import Check


def examine(here: Session) -> list[Check]:
    """All findings. Raises ConfigError: without a configuration there is nothing to examine."""
    from aggregator.web.examine import examine as find

    return find(here.installation, here.config_path, here.plan)
