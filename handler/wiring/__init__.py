"""The composition root: every adapter is made here, once; everything else gets it as an argument."""
