"""Business time: calendars with opening hours, holidays and time zones.

Pure: values and instants in, instants out.
"""
