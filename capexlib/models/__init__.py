"""Models: pure functions from facts, assumptions and draws to frozen results."""
