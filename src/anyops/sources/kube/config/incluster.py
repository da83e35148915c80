"""The cluster of the pod that this is.

Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
"""

from collections.abc import Mapping
from pathlib import Path

from anyops.errors import ConfigError
from anyops.sources.kube.config.address import checked_server
from anyops.sources.kube.config.connection import IN_CLUSTER, Connection, Login
from anyops.sources.kube.config.entries import is_namespace
from anyops.sources.kube.config.jwt import claims
from anyops.sources.kube.config.material import Material, read_file

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def connection(variables: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> Connection | None:
    """The pod's connection, None outside a pod.

    `service_account` is the folder with `token`, `ca.crt` and `namespace`. Raises ConfigError in a pod
    that has no token.
    """
    host, port = variables.get("KUBERNETES_SERVICE_HOST", ""), variables.get("KUBERNETES_SERVICE_PORT", "")
    if not host or not port:
        return None
    token, authority = service_account / "token", service_account / "ca.crt"
    if not token.exists():
        raise ConfigError(
            f"no kubeconfig, and this pod has no service account token at {token}",
            hint="let the pod have one (automountServiceAccountToken: true), or set KUBECONFIG",
        )
    where = "KUBERNETES_SERVICE_HOST"
    address = f"[{host}]" if ":" in host else host
    return Connection(
        context=IN_CLUSTER,
        cluster=IN_CLUSTER,
        server=checked_server(f"https://{address}:{port}", where),
        user=_user(token),
        namespace=_namespace(service_account / "namespace"),
        certificate_authority=Material(where="service account", file=str(authority))
        if authority.exists()
        else Material(),
        login=Login(where="service account", token_file=str(token)),
    )


def _user(token: Path) -> str:
    subject = claims(read_file(token, "service account").decode("ascii", "replace").strip()).get("sub")
    return subject if isinstance(subject, str) and subject else "service account"


def _namespace(file: Path) -> str:
    if not file.exists():
        return "default"
    found = read_file(file, "service account").decode("utf-8", "replace").strip()
    return found if is_namespace(found) else "default"
