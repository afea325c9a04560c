"""What Slack answers when it says no."""

from collections.abc import Sequence


class SlackError(Exception):
    """A Web API refusal: Slack answers 200 with `{"ok": false, "error": code}` (docs.slack.dev, web-api).

    `messages` become `response_metadata.messages`: one sentence for each thing that is wrong.
    """

    def __init__(self, code: str, messages: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)


class UnknownInPlaygroundError(LookupError):
    """A script or a test named a person, message, element or view that the workspace does not have.

    Nothing was sent. The message says what was looked for and what there is.
    """
