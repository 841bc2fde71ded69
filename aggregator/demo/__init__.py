"""The whole job offline, on a small world of sample feeds."""
