"""Bytes -> mailbox: messages, the outbox, SMTP."""
