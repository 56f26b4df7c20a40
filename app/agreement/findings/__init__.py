"""What is wrong with a document though every part of it has the right form: rows that nothing reaches, and the like.

A finding never keeps a stored version from being read: only linting tells of it.
"""
