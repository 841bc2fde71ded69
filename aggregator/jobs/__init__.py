"""One scheduled step each: run_once(...) -> a report."""
