"""The edition -> one mail."""
