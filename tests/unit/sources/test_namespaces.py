"""A namespace that a table does not show is found in what stands beside it."""

from pathlib import Path

from anyops.sources.files import read
from anyops.world.resource import Ref

PODS = """\
NAME     READY   STATUS    RESTARTS   AGE
cart-0   1/1     Running   0          2d
idle-0   1/1     Running   0          2d
"""
CART = """\
apiVersion: v1
kind: Pod
metadata: {name: cart-0, namespace: shop}
spec: {}
status: {phase: Running}
"""
APP = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\n"


def pods(folder: Path, **files: str) -> list[Ref]:
    for name, text in files.items():
        (folder / name).write_text(text)
    return [r.ref for r in read([folder]).resources if r.kind == "Pod"]


def test_rows_share_the_namespace_of_the_row_that_is_known(tmp_path):
    assert pods(tmp_path, pods=PODS, cart=CART, app=APP) == [
        Ref("Pod", "shop", "cart-0"),
        Ref("Pod", "shop", "idle-0"),
    ]


def test_a_namespace_of_unrelated_objects_does_not_spread(tmp_path):
    other = APP.replace("name: web, namespace: argocd", "name: api, namespace: gitops")
    assert pods(tmp_path, pods=PODS, app=APP, other=other) == [
        Ref("Pod", "default", "cart-0"),
        Ref("Pod", "default", "idle-0"),
    ]
