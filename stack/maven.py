"""Which Maven repository this machine uses: jgo's own, or the mirror of Maven's settings.xml."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import requests
from jgo.config import GlobalSettings
from jgo.maven import MavenContext

SETTINGS = Path("~/.m2/settings.xml")


@dataclass(frozen=True)
class Repository:
    """An address to fetch artifacts from, with what is needed to reach it."""

    url: str
    login: tuple[str, str] | None = None
    proxies: dict[str, str] = field(default_factory=dict[str, str])

    def session(self) -> requests.Session:
        """A session that also honours the proxy and certificate variables of the environment."""
        session = requests.Session()
        session.auth = self.login
        session.proxies.update(self.proxies)
        return session


def find_repository(settings: Path = SETTINGS) -> Repository:
    """The mirror that `settings` names for Maven Central, else the repository that jgo uses."""
    configured = GlobalSettings.load().repositories
    url = next(iter(configured.values()), "") or MavenContext().remote_repos["central"]
    path = settings.expanduser()
    if not path.is_file():
        return Repository(url.rstrip("/"))
    root = ET.parse(path).getroot()  # noqa: S314 - the user's own settings
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    login = None
    for mirror in root.iterfind("./mirrors/mirror"):
        if (
            _covers_central(mirror.findtext("mirrorOf", ""))
            and mirror.findtext("blocked") != "true"
        ):
            url = mirror.findtext("url", url)
            login = _login(root, mirror.findtext("id", ""))
            break
    return Repository(url.strip().rstrip("/"), login, _proxies(root))


def _covers_central(mirror_of: str) -> bool:
    patterns = {pattern.strip() for pattern in mirror_of.split(",")}
    return "!central" not in patterns and bool(patterns & {"*", "central", "external:*"})


def _login(root: ET.Element, server_id: str) -> tuple[str, str] | None:
    for server in root.iterfind("./servers/server"):
        if server.findtext("id") == server_id and server.findtext("username"):
            return server.findtext("username", ""), server.findtext("password", "")
    return None


def _proxies(root: ET.Element) -> dict[str, str]:
    for proxy in root.iterfind("./proxies/proxy"):
        if proxy.findtext("active", "true") == "true" and proxy.findtext("host"):
            login = ""
            if proxy.findtext("username"):
                login = f"{proxy.findtext('username')}:{proxy.findtext('password', '')}@"
            address = f"http://{login}{proxy.findtext('host')}:{proxy.findtext('port', '8080')}"
            return {"http": address, "https": address}
    return {}
