"""Metrics as a scraper reads them. The only door to the Prometheus client.

Its own registry and collectors, which speak of this process, are not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prometheus_client.metrics_core import Metric

    from monitoring.metrics.families import Family

Format = Literal["prometheus", "openmetrics"]
TYPES: dict[Format, str] = {
    "prometheus": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}


class _Collected:
    """Gives the client what was collected already."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        """One gauge a family."""
        from prometheus_client.core import GaugeMetricFamily

        for family in self.families:
            gauge = GaugeMetricFamily(family.name, family.help, labels=family.labels)
            for labels, value in family.samples:
                gauge.add_metric(labels, value)
            yield gauge


def text(families: Sequence[Family], form: Format) -> bytes:
    """The exposition of metrics.

    Args:
        families: What is exposed.
        form: ``prometheus`` (text 0.0.4) or ``openmetrics`` (1.0.0).
    """
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.openmetrics import exposition as openmetrics

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(families))
    if form == "prometheus":
        return generate_latest(registry)
    return bytes(openmetrics.generate_latest(registry))  # type: ignore[no-untyped-call]


def accepted(header: str) -> Format:
    """The form that a scraper's Accept header asks for: OpenMetrics where it is preferred.

    Each kind counts by its quality (RFC 9110, section 12.5.1); Prometheus' text when none is named.
    """
    quality: dict[Format, float] = {"prometheus": 0.0, "openmetrics": 0.0}
    for part in header.split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        value = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weight = float(value)
        except ValueError:
            weight = 0.0
        if kind == "application/openmetrics-text":
            quality["openmetrics"] = max(quality["openmetrics"], weight)
        elif kind in ("text/plain", "text/*"):
            quality["prometheus"] = max(quality["prometheus"], weight)
    preferred = 0 < quality["openmetrics"] >= quality["prometheus"]
    return "openmetrics" if preferred else "prometheus"
