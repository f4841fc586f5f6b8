"""Faults of single documents: Elasticsearch takes a bulk request, but not all that is in it."""

from __future__ import annotations

from uuid import UUID

from tests.faults.bulk_proxy import refusing
from tests.faults.suite.parked import heal, until_parked
from tests.faults.suite.registry import fault
from tests.faults.suite.scene import Scene


@fault("Elasticsearch fails items", short=True)
def single_items_fail(scene: Scene) -> None:
    """One document in three is refused (429) and not stored, while its neighbours are."""
    url, chance = scene.platform.settings.need("elasticsearch_url"), scene.chance
    scene.let_work(20, 60)

    def one_in_three(_identity: str) -> bool:
        return chance.random() < 1 / 3

    with refusing(url, one_in_three, status=429, kind="es_rejected_execution_exception") as proxy:
        scene.processes.stop("worker search")
        with scene.one_more("worker search", elasticsearch_url=proxy.url):
            scene.processes.until(lambda: proxy.failed >= 20, "no document was refused")
    scene.processes.start("worker search")
    scene.note(f"{proxy.failed} documents refused")


@fault("Elasticsearch refuses items")
def single_items_are_refused(scene: Scene) -> None:
    """Some listings' documents are refused for good (400): theirs are parked, all others go on."""
    url = scene.platform.settings.need("elasticsearch_url")
    scene.let_work(20, 60)

    def every_other_listing(identity: str) -> bool:
        # Beside those of listings there are the documents that say how far each partition is.
        return "-" in identity and UUID(identity).int % 2 == 0

    with refusing(url, every_other_listing, status=400, kind="document_parsing_exception") as proxy:
        scene.processes.stop("worker search")
        with scene.one_more("worker search", elasticsearch_url=proxy.url):
            until_parked(scene, "search", "refused")
            scene.let_work(20, 60)
    scene.processes.start("worker search")
    heal(scene, "search")
