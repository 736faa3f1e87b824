"""Telegram without Telegram: a strict Bot API emulator and a chat page (模拟器)."""
