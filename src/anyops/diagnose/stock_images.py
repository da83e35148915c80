"""Well-known public images: what they hold, where they listen, and whether they go on running.

From the images' own pages on hub.docker.com. Only the plain names count: a company's copy may differ.
"""

import re
from typing import Literal

from msgspec import Struct

from anyops.diagnose.wordlist import names

Base = Literal["busybox", "alpine", "debian", "full", "rhel", "none"]

_REFERENCE = re.compile(
    r"(?:(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|mirror\.gcr\.io|public\.ecr\.aws/docker)/)?"
    r"(?:library/)?(?P<name>[a-z0-9][a-z0-9._/-]{0,100})(?::(?P<tag>[\w.-]{1,128}))?(?:@sha256:[0-9a-f]{64})?\Z"
)


class Stock(Struct, frozen=True):
    """A stock image. `base`: whose tools it has (`full` is Debian with build tools, curl, wget and git).

    `ports` are those it listens on as it comes; `serves` is False where its own command ends at once
    without a terminal; `runs_args` is False where arguments go to its program instead of being run.
    """

    name: str
    base: Base
    tag: str = ""
    ports: tuple[int, ...] = ()
    serves: bool = True
    runs_args: bool = True
    tools: frozenset[str] = frozenset()


_RUN_AND_END: dict[str, tuple[Base, str]] = {
    "busybox": ("busybox", ""),
    "alpine": ("alpine", ""),
    "bash": ("alpine", "bash"),
    "debian": ("debian", ""),
    "ubuntu": ("debian", ""),
    "centos": ("rhel", ""),
    "rockylinux": ("rhel", ""),
    "almalinux": ("rhel", ""),
    "fedora": ("rhel", ""),
    "amazonlinux": ("rhel", ""),
    "oraclelinux": ("rhel", ""),
    "python": ("full", "python python3 pip pip3 idle pydoc"),
    "node": ("full", "node npm npx yarn corepack python3"),
    "golang": ("full", "go gofmt"),
    "ruby": ("full", "ruby gem bundle irb rake"),
    "php": ("full", "php"),
    "perl": ("full", "perl cpan cpanm"),
    "rust": ("full", "cargo rustc"),
    "openjdk": ("debian", "java javac jar keytool jshell"),
    "eclipse-temurin": ("debian", "java javac jar keytool curl wget"),
    "amazoncorretto": ("rhel", "java javac jar keytool"),
    "buildpack-deps": ("full", ""),
}
_SERVERS: dict[str, tuple[Base, tuple[int, ...], str]] = {
    "nginx": ("debian", (80,), "nginx curl"),
    "httpd": ("debian", (80,), "httpd apachectl httpd-foreground ab"),
    "caddy": ("alpine", (80, 443, 2019), "caddy"),
    "traefik": ("alpine", (80, 8080), "traefik"),
    "redis": ("debian", (6379,), "redis-server redis-cli redis-sentinel redis-benchmark"),
    "valkey": ("debian", (6379,), "valkey-server valkey-cli"),
    "memcached": ("debian", (11211,), "memcached"),
    "postgres": ("debian", (5432,), "postgres psql pg_isready pg_dump pg_ctl createdb"),
    "mysql": ("rhel", (3306, 33060), "mysqld mysql mysqladmin mysqldump"),
    "mariadb": ("debian", (3306,), "mariadbd mysqld mariadb mariadb-admin mysqladmin mysql healthcheck.sh"),
    "mongo": ("debian", (27017,), "mongod mongosh mongo"),
    "rabbitmq": (
        "debian",
        (5672, 15672, 15692, 25672, 4369),
        "rabbitmq-server rabbitmqctl rabbitmq-diagnostics",
    ),
    "elasticsearch": ("debian", (9200, 9300), "curl"),
    "kibana": ("debian", (5601,), "curl"),
    "cassandra": ("debian", (9042, 7000, 7001, 7199), "cassandra cqlsh nodetool"),
    "influxdb": ("debian", (8086,), "influxd influx"),
    "couchdb": ("debian", (5984,), "couchdb curl"),
    "neo4j": ("debian", (7474, 7687), "neo4j"),
    "zookeeper": ("debian", (2181, 8080), "zkServer.sh zkCli.sh"),
    "nats": ("none", (4222, 8222, 6222), "nats-server"),
    "tomcat": ("debian", (8080,), "catalina.sh java"),
    "jetty": ("debian", (8080,), "java"),
    "wordpress": ("debian", (80,), "apache2-foreground php curl"),
    "ghost": ("debian", (2368,), "node"),
    "nextcloud": ("debian", (80,), "php"),
    "registry": ("alpine", (5000,), "registry"),
    "sonarqube": ("debian", (9000,), "java"),
    "grafana/grafana": ("alpine", (3000,), "grafana-server curl"),
    "prom/prometheus": ("busybox", (9090,), "prometheus promtool"),
    "prom/alertmanager": ("busybox", (9093,), "alertmanager amtool"),
    "prom/node-exporter": ("busybox", (9100,), "node_exporter"),
    "jenkins/jenkins": ("debian", (8080, 50000), "java curl"),
    "hashicorp/http-echo": ("none", (5678,), ""),
    "kennethreitz/httpbin": ("debian", (80,), "gunicorn python3"),
    "containous/whoami": ("none", (80,), ""),
    "traefik/whoami": ("none", (80,), ""),
    "nginxinc/nginx-unprivileged": ("debian", (8080,), "nginx curl"),
    "phpmyadmin": ("debian", (80,), "php"),
    "adminer": ("alpine", (8080,), "php"),
    "mongo-express": ("alpine", (8081,), "node"),
}
USUAL = frozenset(name for name in (*_RUN_AND_END, *_SERVERS) if "/" not in name)
OFFICIAL = USUAL | names("""
    haproxy drupal joomla mediawiki redmine solr logstash telegraf chronograf kapacitor consul vault
    nats-streaming couchbase percona crate rethinkdb arangodb orientdb hello-world eclipse-mosquitto
    emqx fluentd gradle maven groovy erlang elixir haskell julia clojure swift dart gcc r-base
    rakudo-star pypy mono odoo matomo ghost gazebo ros storm spark flink zookeeper kong znc photon
    clearlinux sl cirros archlinux opensuse mageia alt docker composer tomee wildfly payara open-liberty
    websphere-liberty liberty geonetwork lightstreamer backdrop plone postfixadmin yourls xwiki
    silverpeas sonarqube monica friendica bonita convertigo clickhouse unit varnish nextcloud teamspeak
    rocket.chat satosa spiped swipl notary ibmjava sapmachine api-firewall express-gateway hitch
    ibm-semeru-runtimes hylang irssi jruby krakend mariadb-galera neurodebian phpmyadmin scratch
    """)
"""Docker Hub's official images; no others exist without an owner before a slash."""

_OWN_ENTRY = frozenset(
    ("prom/prometheus", "prom/alertmanager", "prom/node-exporter", "hashicorp/http-echo", "grafana/grafana",
     "nats", "containous/whoami", "traefik/whoami", "registry", "traefik", "jenkins/jenkins")
)  # fmt: skip


def stock(image: str) -> Stock | None:
    """The stock image of that reference; None for one that is not known or may have been changed."""
    match = _REFERENCE.match(image.strip())
    if match is None:
        return None
    name, tag = match["name"], match["tag"] or ""
    if name in _RUN_AND_END:
        base, tools = _RUN_AND_END[name]
        return Stock(name, _base(base, tag), tag, serves=False, tools=frozenset(tools.split()))
    if name in _SERVERS:
        base, ports, tools = _SERVERS[name]
        return Stock(
            name,
            _base(base, tag),
            tag,
            ports,
            runs_args=name not in _OWN_ENTRY,
            tools=frozenset(tools.split()),
        )
    return None


def _base(base: Base, tag: str) -> Base:
    if base in ("debian", "full"):
        if "alpine" in tag:
            return "alpine"
        if "slim" in tag and base == "full":
            return "debian"
    return base
