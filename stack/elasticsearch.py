"""Elasticsearch: one node on this machine, with as much memory as a demo needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from stack.account import Account
from stack.health import elasticsearch_answers
from stack.processes import Program
from stack.trimmed_java import options_for

JAVA_OPTIONS = "-Xms256m -Xmx256m -XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch -XX:+UseSerialGC"
SETTINGS = """\
cluster.name: sojourn
node.name: sojourn-1
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport_port}
path.data: {home}/data
path.logs: {home}/logs
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
CONSOLE_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %marker%m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


@dataclass(frozen=True)
class Elasticsearch:
    """The unpacked server, the Java that runs it, its data and who runs it."""

    java: Path
    package: Path
    home: Path
    account: Account
    port: int
    transport_port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> Program:
        """Write its configuration; returns what to run."""
        home = self.account.folder(self.home / "elasticsearch")
        for name in ("config", "config/jvm.options.d", "data", "logs", "tmp"):
            self.account.folder(home / name)
        config = home / "config"
        self.account.file(config / "elasticsearch.yml", self._settings(home))
        self.account.file(config / "log4j2.properties", CONSOLE_LOGGING)
        self.account.file(config / "jvm.options", self._jvm_options())
        java_home = self.java.parent.parent
        trimmed = options_for(java_home, self.package / "lib", home / "trimmed", self.account)
        launcher = self.package / "lib" / "tools" / "server-launcher"
        return Program(
            name="elasticsearch",
            argv=(
                str(self.java),
                "-Xms8m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                f"{launcher}/*",
                "org.elasticsearch.server.launcher.ServerLauncher",
            ),
            env={
                "PATH": "/usr/bin:/bin",
                "LC_ALL": "C.UTF-8",
                "TZ": "UTC",
                "JAVA": str(self.java),
                "JAVA_TYPE": "ES_JAVA_HOME",
                "ES_JAVA_HOME": str(java_home),
                "ES_HOME": str(self.package),
                "ES_PATH_CONF": str(config),
                "ES_DISTRIBUTION_TYPE": "tar",
                "ES_TMPDIR": str(home / "tmp"),
                "ES_JAVA_OPTS": " ".join((JAVA_OPTIONS, *trimmed)),
            },
            log=self.home / "logs" / "elasticsearch.log",
            cwd=self.package,
            port=self.port,
            account=self.account,
            ready=lambda: elasticsearch_answers("127.0.0.1", self.port),
            ready_within=180,
        )

    def _settings(self, home: Path) -> str:
        return SETTINGS.format(home=home, port=self.port, transport_port=self.transport_port)

    def _jvm_options(self) -> str:
        """The server's own options, without those that write logs and dumps into its folder.

        Nor those for a collector meant for larger heaps and for a module that is still incubating.
        """
        shipped = (self.package / "config" / "jvm.options").read_text(encoding="utf-8")
        unwanted = re.compile(r"Xlog:gc|HeapDump|ErrorFile|UseG1GC|incubator")
        return "".join(
            line for line in shipped.splitlines(keepends=True) if not unwanted.search(line)
        )
