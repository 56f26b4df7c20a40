"""The executable service level agreement: parse, check, model, examples. Pure.

Knows rules and business time, not what a handoff is decided like, and nothing of HubSpot but property names.
"""
