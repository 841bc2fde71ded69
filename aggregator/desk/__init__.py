"""The author's verbs. Command line, mail and web call these and nothing deeper."""
