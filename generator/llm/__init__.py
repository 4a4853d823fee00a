"""One answer of any model of any provider."""
