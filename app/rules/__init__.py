"""Conditions over facts, three-valued, and scores made of them. Pure.

Knows no agreement, no HubSpot and no storage: it is handed facts and says met, not met or no data,
with a trace that shows the value seen beside the value wanted.
"""
