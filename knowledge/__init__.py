"""What creators ask, and the reviewed answers (知识库)."""
