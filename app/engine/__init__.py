"""The imperative shell, one use case a file: load, decide, save, send. No business `if`, no SQL, no HubSpot word.

door       store a webhook request, as it came
unpack     requests into events and marked lanes
look       one pass over up to 100 contacts: claim, recover, read, decide, send, release
worker     the loop around both
portal     what must stand before a portal is looked at: access, definitions, owners, agreement
setup      the properties that Baton needs in the portal
mode       shadow, live, paused
doctor     what is wrong with an installation, and what mends it
explain    why a stored decision came out as it did
"""
