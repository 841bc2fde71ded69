"""The published post and its edition: closing, matching again, taking back."""
