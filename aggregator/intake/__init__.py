"""The world -> entries: OPML, discovery, fetching, parsing, cleaning, deciding, pacing."""
