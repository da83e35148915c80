"""Fixes hold: what Argo CD, Flux, Helm or an operator manages is changed where they read it from."""

import pytest

from anyops.diagnose.managed import lasting_fix, managed_by
from anyops.world.report import Fix
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


def deployment(**metadata: object) -> Resource:
    body = {"metadata": {"name": "cart", "namespace": "shop", **metadata}}
    return Resource("apps/v1", "Deployment", "shop", "cart", body)


APP = Resource(
    "argoproj.io/v1alpha1",
    "Application",
    "argocd",
    "shop",
    {
        "spec": {"syncPolicy": {"automated": {"selfHeal": True}}},
        "status": {"resources": [{"kind": "Deployment", "namespace": "shop", "name": "cart"}]},
    },
)


@pytest.mark.parametrize(
    ("metadata", "others", "manager"),
    [
        ({}, (), None),
        ({}, (APP,), "Argo CD app shop (selfHeal)"),
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/cart"}},
            (),
            "Argo CD app web",
        ),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, (), "Helm release shop"),
        (
            {
                "labels": {
                    "kustomize.toolkit.fluxcd.io/name": "apps",
                    "kustomize.toolkit.fluxcd.io/namespace": "flux",
                }
            },
            (),
            "Flux Kustomization flux/apps",
        ),
        (
            {"ownerReferences": [{"apiVersion": "kafka.strimzi.io/v1", "kind": "Kafka", "name": "bus"}]},
            (),
            "Kafka bus",
        ),
        ({"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "cart-1"}]}, (), None),
    ],
)
def test_the_manager_is_named(metadata, others, manager):
    world = World(resources=(deployment(**metadata), *others))
    assert managed_by(world, Ref("Deployment", "shop", "cart")) == manager


def test_a_managed_object_is_mended_in_git_and_not_by_hand():
    fix = Fix(
        summary="Set tag 1.4.1.",
        commands=["kubectl -n shop set image deploy/cart cart=cart:1.4.1", "kubectl -n shop get deploy cart"],
    )
    held = lasting_fix("Argo CD app shop (selfHeal)", fix)
    assert held.commands == ["kubectl -n shop get deploy cart"]
    assert held.summary == "Argo CD app shop (selfHeal) owns it: make the change in git. Set tag 1.4.1."
    assert lasting_fix(None, fix) is fix
