"""Guesses and verdicts -> what the edition holds. Pure."""
