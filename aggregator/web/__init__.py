"""What listens: the machine's view of the daemon, and calls from where the author publishes."""
