"""Kafka in KRaft mode: broker and controller in one process, one folder, one machine."""

from __future__ import annotations

import base64
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from stack.account import Account
from stack.errors import StackError
from stack.health import kafka_answers
from stack.processes import Program
from stack.secret_files import secret

HEAP = ("-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True)
class Kafka:
    """The server's jars, the Java that runs them, its data and who runs it."""

    java: Path
    jars: Path
    home: Path
    account: Account
    port: int
    controller_port: int

    @property
    def bootstrap(self) -> str:
        """Its address."""
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> Program:
        """Write its settings and, the first time, format its storage; returns what to run."""
        home = self.account.folder(self.home / "kafka")
        data = home / "data"
        settings = self.account.file(home / "server.properties", self._settings(data))
        logging = f"-Dorg.slf4j.simpleLogger.logFile=System.out {LOGGING}".split()
        java = (str(self.java), *HEAP, *logging, "-cp", f"{self.jars}/*")
        if not (data / "meta.properties").exists():
            self._format(java, settings, data)
        return Program(
            name="kafka",
            argv=(*java, "kafka.Kafka", str(settings)),
            env=ENVIRONMENT,
            log=self.home / "logs" / "kafka.log",
            cwd=home,
            port=self.port,
            account=self.account,
            ready=lambda: kafka_answers("127.0.0.1", self.port),
        )

    def _settings(self, data: Path) -> str:
        return SETTINGS.format(port=self.port, controller_port=self.controller_port, data=data)

    def _format(self, java: tuple[str, ...], settings: Path, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)
        cluster = secret(self.home / "secrets" / "kafka_cluster_id", _cluster_id)
        tool = ("kafka.tools.StorageTool", "format", "--standalone", "-t", cluster)
        command = [*java, *tool, "-c", str(settings)]
        done = self.account.run(command, cwd=self.home / "kafka", env=ENVIRONMENT)
        if done.returncode != 0:
            raise StackError(f"Kafka's storage cannot be formatted: {done.stdout.strip()[-600:]}")


def _cluster_id() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")


ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
LOGGING = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true"
    " -Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
    " -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    " -Dorg.slf4j.simpleLogger.log.kafka.server=info"
)
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
"""
