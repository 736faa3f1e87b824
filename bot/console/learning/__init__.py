"""From a question nobody could answer to an answer that is live (学习): piles, proposals."""
