"""The conversation, pure: what a message needs to be answered, and the answer."""
