"""All that one needs to know of a cluster. No secret shows in any repr."""

from typing import Any

from msgspec import Struct, field

from anyops.sources.kube.config.kept import Kept
from anyops.sources.kube.config.material import Material
from anyops.sources.kube.config.quiet import Quiet

IN_CLUSTER = "in-cluster"


class Impersonation(Struct, frozen=True, kw_only=True):
    """Who is acted as. Source: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/"""

    user: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Plugin(Quiet, frozen=True, kw_only=True):
    """A program that prints a credential. `command` is a name on PATH, or an absolute path."""

    command: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    api_version: str
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = "IfAvailable"

    @property
    def name(self) -> str:
        """The command without its folders."""
        return self.command.rstrip("/").rpartition("/")[2] or self.command

    def about(self) -> str:
        """The command, without arguments and variables."""
        return f"{self.command!r}, {self.api_version!r}"


class Login(Quiet, frozen=True, kw_only=True):
    """A user's ways to say who they are, as the kubeconfig gives them."""

    where: str = ""
    token: str = ""
    token_file: str = ""
    username: str = ""
    password: str = ""
    certificate: Material = Material()
    key: Material = Material()
    plugin: Plugin | None = None
    impersonation: Impersonation | None = None

    def describe(self) -> str:
        """The ways in words, `token and client certificate`; `none` for an anonymous user."""
        ways = [
            "token" if self.token else "",
            "token file" if self.token_file else "",
            "user name and password" if self.username else "",
            f"exec plugin {self.plugin.name}" if self.plugin else "",
            "client certificate" if self.certificate else "",
        ]
        described = " and ".join(filter(None, ways)) or "none"
        return f"{described}, as {self.impersonation.user}" if self.impersonation else described

    def about(self) -> str:
        """The ways in words."""
        return repr(self.describe())


class Connection(Quiet, frozen=True, kw_only=True):
    """One context of a kubeconfig, or the cluster of the pod that this is.

    Names and texts are as the file has them: whoever prints them makes them safe.
    """

    context: str
    """The context's name, `in-cluster` in a pod."""

    cluster: str
    server: str
    """`https://HOST[:PORT][/PATH]`, without a slash at its end; `http://` for loopback only."""

    user: str
    """The user entry's name; "" where the context names none."""

    namespace: str
    """The context's namespace, `default` where it names none."""

    file: str = ""
    """The kubeconfig that has the context; "" in a pod."""

    certificate_authority: Material = Material()
    """Who signs the server's certificate; empty for the system's authorities."""

    tls_server_name: str = ""
    """The name to ask for (SNI) and to check in the server's certificate, instead of the server's."""

    insecure: bool = False
    """Whether the server's certificate is not checked."""

    proxy_url: str = ""
    """The cluster's own proxy; see `proxies.proxy` for the one in force."""

    disable_compression: bool = False
    plugin_config: Any = None
    """What the cluster tells exec plugins (extension `client.authentication.k8s.io/exec`)."""

    login: Login = Login()
    kept: Kept = field(default_factory=Kept)
    """What the exec plugin said last; in memory only."""

    @property
    def credentials(self) -> str:
        """How the user says who they are, in words."""
        return self.login.describe()

    def about(self) -> str:
        """Names, server, and the way to log in."""
        return (
            f"context={self.context!r}, server={self.server!r}, user={self.user!r}, "
            f"namespace={self.namespace!r}, credentials={self.credentials!r}"
        )


class Context(Struct, frozen=True, kw_only=True):
    """A context by its names. `server` is "" where its cluster is not there."""

    name: str
    cluster: str
    server: str
    user: str
    namespace: str
    current: bool
    file: str
