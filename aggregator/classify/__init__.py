"""Entry -> guess: section, second section, confidence, why, interest."""
