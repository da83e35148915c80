"""Manifests for tests: a workload of one container, in few words."""

from tests.unit.diagnose.worlds import meta


def container(image="busybox", **more):
    return {"name": "app", "image": image, **more}


def pod(*containers, name="cart", **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta(name),
        "spec": {"containers": list(containers), **spec},
    }


def deployment(*containers, name="cart", replicas=1, labels=None, **spec):
    labels = labels or {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta(name),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": list(containers), **spec}},
        },
    }


def config_map(name="settings", **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(name), "data": data}


def shell(script, image="busybox", **more):
    return container(image, command=["sh", "-c", script], **more)
