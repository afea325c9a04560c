"""What can stop a build, said so that a person knows what to do."""


class BuildError(Exception):
    """The artifact could not be built; the message says why, and what to do next. Nothing was replaced."""
