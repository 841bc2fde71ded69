"""What is done for the links that the author keeps."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from aggregator.settings.part import Part
from aggregator.settings.values import WebAddress


def _off(value: object) -> object:
    # YAML reads `off` and `no` as false.
    return None if value is False or (isinstance(value, str) and value.lower() in ("off", "none", "no")) else value


class LinkSettings(Part):
    """save: the text of a kept page is saved for him alone. check: kept links are looked at once a week. archive: where an
    archived copy of a dead one is asked for, None = nowhere."""

    save: bool = True
    check: bool = True
    archive: Annotated[WebAddress | None, BeforeValidator(_off)] = "https://archive.org/wayback/available"
