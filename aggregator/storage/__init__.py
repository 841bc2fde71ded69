"""The stores over SQLAlchemy: records in, records out."""
