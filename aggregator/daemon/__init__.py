"""The daemon: what it does at each tick, what it tells of it, and its life as a process."""
