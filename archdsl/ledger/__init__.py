"""The ledger of a table: every printed word and number was taken by one decision, and nothing was lost."""
