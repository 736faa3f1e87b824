"""How the bot is (健康): whether it lives, is ready, what it measures, when it calls for help."""
