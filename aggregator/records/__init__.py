"""Frozen facts, named by stage. Each field says what None means. Nothing in here does anything."""
