"""What can be said of conditions before any lead is seen: one implies another, one can never hold.

Every answer yes is true of all leads there could be; no means only that it could not be shown.
"""
