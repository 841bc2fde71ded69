"""The command line: a thin face over desk and jobs."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `aggregator` command. Turns an error into one clear message and its exit status."""
    from aggregator.cli.app import app
    from aggregator.cli.output import fail
    from aggregator.errors import AggregatorError

    try:
        app()
    except AggregatorError as error:
        fail(str(error))
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # The reader went away (`| head`); nobody is left to tell.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # A file that the system would not let us read or write, where nobody foresaw it. Its name is the help there is.
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        sys.exit(1)
