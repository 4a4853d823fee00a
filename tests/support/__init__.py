"""What the tests share, once."""
