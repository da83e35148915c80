"""Helm's and Argo CD's own output as objects."""

import json
from pathlib import Path

import pytest

from anyops.sources.files import read
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


def world_of(folder: Path, **files: str) -> World:
    """The world of text files; `a__txt` is a.txt."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return read([folder])


def only(world: World, kind: str) -> Resource:
    (resource,) = world.of_kind(kind)
    return resource


HELM = {
    "list": "NAME\tNAMESPACE\tREVISION\tUPDATED                  \tSTATUS         \tCHART     \tAPP VERSION\n"
    "cart\tshop     \t7       \t2026-01-02 03:04:05.1 +0000 UTC\tpending-upgrade\tcart-1.2.3\t4.5\n",
    "status": "NAME: cart\nLAST DEPLOYED: Jan 2\nNAMESPACE: shop\nSTATUS: pending-upgrade\nREVISION: 7\n",
    "JSON list": json.dumps([{"name": "cart", "namespace": "shop", "revision": "7", "updated": "2026-01-02",
                              "status": "pending-upgrade", "chart": "cart-1.2.3", "app_version": "4.5"}]),
    "JSON status": json.dumps({"name": "cart", "namespace": "shop", "version": 7,
                               "info": {"status": "pending-upgrade", "description": "Preparing upgrade"}}),
}  # fmt: skip


@pytest.mark.parametrize("form", HELM)
def test_a_helm_release_has_its_status_and_revision(tmp_path: Path, form: str) -> None:
    release = only(world_of(tmp_path, helm__txt=HELM[form]), "HelmRelease")
    assert (release.api_version, release.namespace, release.name) == ("helm.sh/v3", "shop", "cart")
    assert (release.text("status", "status"), release.text("status", "revision")) == ("pending-upgrade", "7")
    quote = release.at("status", "status").quote()
    assert quote is not None
    assert "pending-upgrade" in quote.text


def test_helm_s_history_is_a_list_of_changes(tmp_path: Path) -> None:
    history = "REVISION\tUPDATED                 \tSTATUS    \tCHART     \tAPP VERSION\tDESCRIPTION\n6       \tThu Jan  1 2026\tsuperseded\tcart-1.2.2\t4.4        \tUpgrade complete\n7       \tFri Jan  2 2026\tfailed    \tcart-1.2.3\t4.5        \tUpgrade failed: timed out\n"  # noqa: E501
    world = world_of(tmp_path, helm_history_cart__txt=history)
    assert [(change.revision, change.summary.partition(":")[0]) for change in world.changes] == [
        ("6", "cart-1.2.2 superseded"),
        ("7", "cart-1.2.3 failed"),
    ]
    assert only(world, "HelmRelease").text("status", "status") == "failed"


ARGOCD = """\
Name:               argocd/web
Project:            default
Server:             https://kubernetes.default.svc
Namespace:          shop
Repo:               https://git.example/shop
Path:               deploy
Sync Policy:        Automated (Prune)
Sync Status:        OutOfSync from main (abc1234)
Health Status:      Degraded

Operation:          Sync
Phase:              Failed
Start:              2026-01-02 04:04:05 +0100 CET
Message:            one or more objects failed to apply

CONDITION   MESSAGE                       LAST TRANSITION
SyncError   Failed sync attempt to abc1234   2026-01-02 03:04:05 +0000 UTC

GROUP  KIND        NAMESPACE  NAME  STATUS     HEALTH    HOOK  MESSAGE
apps   Deployment  shop       web   OutOfSync  Degraded        image is not valid
"""


def test_argo_cd_s_answer_is_an_application_of_the_api(tmp_path: Path) -> None:
    app = only(world_of(tmp_path, app__txt=ARGOCD), "Application")
    assert app.ref == Ref("Application", "argocd", "web")
    assert app.text("status", "sync", "status") == "OutOfSync"
    assert app.text("status", "health", "status") == "Degraded"
    assert app.text("status", "operationState", "startedAt") == "2026-01-02T03:04:05Z"
    assert app.text("status", "resources", 0, "health", "status") == "Degraded"
    assert app.at("spec", "syncPolicy", "automated", "prune").value is True
    assert app.text("status", "conditions", 0, "type") == "SyncError"
    quote = app.at("status", "operationState", "syncResult", "resources", 0, "message").quote()
    assert quote is not None
    assert "image is not valid" in quote.text


def test_a_list_of_argo_cd_s_applications(tmp_path: Path) -> None:
    table = "NAME        CLUSTER     NAMESPACE  PROJECT  STATUS  HEALTH   SYNCPOLICY  CONDITIONS  REPO  PATH  TARGET\nargocd/web  in-cluster  shop       default  Synced  Healthy  Auto-Prune  <none>      r     p     main\n"  # noqa: E501
    app = only(world_of(tmp_path, apps__txt=table), "Application")
    assert (app.text("status", "health", "status"), app.text("spec", "destination", "namespace")) == (
        "Healthy",
        "shop",
    )
