"""A process that serves nothing else shows its metrics, and whether it gets anything done."""

from __future__ import annotations

import httpx
from prometheus_client import CollectorRegistry, Counter

from sojourn.metrics_server import showing


def test_metrics_on_every_path_and_health_on_its_own() -> None:
    registry = CollectorRegistry()
    Counter("sojourn_things", "Things", registry=registry).inc(3)
    alive = True
    with showing(registry, "127.0.0.1", 0, lambda: alive) as port:
        url = f"http://127.0.0.1:{port}"
        for path in ("/", "/metrics"):
            assert "sojourn_things_total 3.0" in httpx.get(url + path).text
        healthy = httpx.get(f"{url}/health/live")
        assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
        alive = False
        stuck = httpx.get(f"{url}/health/live")
        assert (stuck.status_code, stuck.json()) == (503, {"status": "stuck"})
