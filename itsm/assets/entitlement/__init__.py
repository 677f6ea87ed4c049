"""What a school is entitled to, and who could give what to whom; calculations without a database."""
