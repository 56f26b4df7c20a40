"""Telling people: by e-mail, in Slack, and to any webhook, over connections that reach public addresses alone.

A channel knows nothing of notices kept, of retries or of quiet hours: it delivers one message or says why not.
"""
