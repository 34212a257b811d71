"""The ledger of effects: every call that asked a gateway to move money, and what came of it."""
