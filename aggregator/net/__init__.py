"""The guard and the bounded HTTP client: the only HTTP import."""
