"""``sluice doctor``: looks a deployment over, and says for each thing that is not as it should be how to mend it."""
