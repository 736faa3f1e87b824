"""The Telegram front of Mingzhang and all of its input and output."""
