"""The database: PostgreSQL, one dialect. The only floor that knows SQLAlchemy.

Modules are named after what they keep; their functions take a connection and return records, and a
caller decides what belongs to one transaction. `portal_id` leads every key that belongs to a portal.
Leases and quota use the database's clock; everything else is handed `now`.
"""
