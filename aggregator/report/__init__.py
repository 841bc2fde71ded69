"""Past and closed editions -> pages and a mail that say how it went."""
