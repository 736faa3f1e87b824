"""Telegram: the only place that knows its shapes, methods and limits."""
