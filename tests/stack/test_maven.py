"""The repository is jgo's, or the mirror of Maven's own settings, with their proxy and login."""

from __future__ import annotations

from pathlib import Path

from jgo.maven import MavenContext

from stack.maven import Repository, find_repository

HEAD = '<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">'


def settings(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "settings.xml"
    path.write_text(f"{HEAD}{content}</settings>", encoding="utf-8")
    return path


def mirror(of: str) -> str:
    return (
        f"<mirrors><mirror><id>house</id><mirrorOf>{of}</mirrorOf>"
        "<url>https://mirror.example/maven/</url></mirror></mirrors>"
    )


def jgo_default() -> str:
    return MavenContext().remote_repos["central"]


def test_without_settings_it_is_the_repository_that_jgo_knows(tmp_path: Path) -> None:
    assert find_repository(tmp_path / "none.xml") == Repository(jgo_default())


def test_a_mirror_of_central_or_of_everything_is_used(tmp_path: Path) -> None:
    for of in ("central", "*", "external:*", "*,!internal"):
        found = find_repository(settings(tmp_path, mirror(of)))
        assert found.url == "https://mirror.example/maven"


def test_a_mirror_of_something_else_is_not(tmp_path: Path) -> None:
    for of in ("snapshots", "*,!central"):
        assert find_repository(settings(tmp_path, mirror(of))).url == jgo_default()


def test_the_login_of_the_mirror_is_used(tmp_path: Path) -> None:
    login = (
        "<servers><server><id>house</id><username>me</username>"
        "<password>secret</password></server></servers>"
    )
    assert find_repository(settings(tmp_path, mirror("*") + login)).login == ("me", "secret")


def test_an_active_proxy_is_used(tmp_path: Path) -> None:
    proxy = (
        "<proxies><proxy><active>true</active><host>proxy.example</host>"
        "<port>3128</port></proxy></proxies>"
    )
    assert find_repository(settings(tmp_path, proxy)).proxies == {
        "http": "http://proxy.example:3128",
        "https": "http://proxy.example:3128",
    }
