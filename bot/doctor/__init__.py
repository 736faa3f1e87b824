"""Examining an installation (体检): what is wrong, why it matters, and what to do about it.

The words of every finding stand in `findings.yaml`. Nothing is changed, sent or registered.
"""
