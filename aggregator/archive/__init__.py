"""Past and published editions -> past links and labels."""
