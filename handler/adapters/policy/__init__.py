"""The policy engine: Cedar texts and settings from a folder, validated, and asked (contract, "Policy")."""
