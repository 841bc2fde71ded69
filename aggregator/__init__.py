"""Drafts an author's recurring link roundup: feeds in, a weekly digest of candidates out, his published post back in."""

__version__ = "0.1.0"
