"""Runs the lab on its own, so that any feed reader can be pointed at it: `python -m tests.lab`."""

from __future__ import annotations

import asyncio
import sys

from tests.lab.cases import CASES
from tests.lab.server import Lab


async def main() -> None:
    async with Lab({case.path: case.behaviour for case in CASES}) as lab:
        for case in CASES:
            sys.stdout.write(f"{case.expected:16} {lab.base}{case.path}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
