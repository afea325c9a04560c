"""What stops a deploy or a removal, said so that a person knows what to do."""


class Stopped(Exception):
    """Nothing was changed, or no more than the message says; the message says why, and what to do."""
