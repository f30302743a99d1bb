"""The proofs as algorithms: closed forms, ways down, exact decisions, and flows."""
