"""What the door measures, as CloudWatch reads it out of a log line, so that measuring costs no call.

Format: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handler.front.journal import Visit
    from handler.front.replies import Reply

NAMESPACE = "Sluice"
FUNCTION = "function"


# All that `front` measures, with CloudWatch's units; the worker's table is in handler/telemetry.py. Alarms name these.
METRICS = {
    "AckAge": "Seconds",  # from Slack's timestamp, which has whole seconds, to our answer
    "DoorFailures": "Count",  # requests that the door could not take or hand over
}


def figures(visit: Visit, reply: Reply, now: float) -> dict[str, float]:
    """Return what there is to measure; of requests that Slack did not sign no age, as it is anybody's."""
    found: dict[str, float] = {}
    if visit.is_genuine and visit.sent_at is not None:
        found["AckAge"] = round(max(0.0, now - visit.sent_at), 3)
    if reply.level == "ERROR":
        found["DoorFailures"] = 1
    return found


def embedded(found: dict[str, float], function: str, now: float) -> dict[str, object]:
    """Return the fields that make these figures metrics of the function of this name; none for none."""
    if not found:
        return {}
    declared = {
        "Namespace": NAMESPACE,
        "Dimensions": [[FUNCTION]],
        "Metrics": [{"Name": name, "Unit": METRICS[name]} for name in found],
    }
    return {"_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [declared]}, FUNCTION: function, **found}
