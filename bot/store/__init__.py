"""What the bot keeps: tables, queries and migrations; every query takes a Connection."""
