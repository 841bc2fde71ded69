"""The command line: a thin face over desk and jobs."""
