"""The stand-ins that the playground is made of."""
