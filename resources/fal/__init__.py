"""fal.ai: uploads, submits, polls and collects through the real fal_client, with the ledger under each purchase."""
