"""The edition -> the post's skeleton."""
