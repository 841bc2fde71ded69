"""Pure text work: hygiene, canonical addresses, Markdown read and written."""
