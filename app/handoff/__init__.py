"""The decision: qualify a contact, route a ready lead, brief the owner. Pure, total, deterministic.

Knows the agreement and what the CRM said; knows no table, no HTTP and no clock.
"""
