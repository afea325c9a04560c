"""The deployed stack and the page, as a person uses them."""
