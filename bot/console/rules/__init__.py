"""What the page Rules is made of (规则页): trials of edits, their effects, the calendar drawn."""
