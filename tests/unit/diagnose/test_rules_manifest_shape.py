"""Manifests that the API server refuses, and well-known images that cannot start."""

import pytest

from anyops.diagnose import api_fields
from tests.unit.diagnose.manifests import container, deployment, pod
from tests.unit.diagnose.worlds import findings, meta, world


def why(rule, *bodies):
    return [f.detail for f in findings(world(*bodies), rule)]


def service(**spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta("cart"), "spec": spec}


@pytest.mark.parametrize(
    ("made", "right"),
    [
        (pod({"name": "app", "image": "x", "imagePullPolcy": "Always"}), "imagePullPolicy"),
        (pod({"name": "app", "image": "x", "volumemounts": []}), "volumeMounts"),
        (pod({"name": "app", "image": "x", "port": [{"containerPort": 1}]}), "ports"),
        (pod(container(livenessProbe={"httpGet": {}, "initialDelaySecond": 5})), "initialDelaySeconds"),
        (pod(container(), nodeSelectors={"a": "b"}), "nodeSelector"),
        (pod(container(resources={"limit": {"cpu": 1}})), "limits"),
        (service(ports=[{"port": 80, "targetport": 80}]), "targetPort"),
        (service(selectors={"a": "b"}, ports=[{"port": 80}]), "selector"),
        (pod(container(somethingNew=1)), ""),
        ({**service(selectors={}), "apiVersion": "serving.example.dev/v1"}, ""),
    ],
)
def test_fields_that_are_a_slip_of_known_ones(made, right):
    assert [right in text for text in why("manifest.fields", made)] == ([True] if right else [])


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (pod(container(imagePullPolicy="always")), "meant is probably Always"),
        (pod(container(ports=[{"containerPort": 1, "protocol": "tcp"}])), "TCP"),
        (pod(container(), restartPolicy="Alway"), "Always"),
        (service(type="Loadbalancer", ports=[{"port": 80}]), "LoadBalancer"),
        (service(type="NodePort", ports=[{"port": 80}]), ""),
        ({"kind": "PersistentVolumeClaim", "metadata": meta("d"),
          "spec": {"accessModes": ["ReadWriteMoney"]}}, "ReadWriteOnce"),
        ({**deployment(container()), "apiVersion": "v1"}, "apps/v1"),
        ({**pod(container()), "apiVersion": "apps/v1"}, "it is in v1"),
        ({**pod(container()), "metadata": {"name": "My_Pod", "namespace": "shop"}}, "small letters"),
        (pod(container(ports=[{"containerPort": 1, "name": "far-too-long-a-name"}])), "15"),
        (pod(container(env=[{"name": "PORT", "value": 8080}])), "variable PORT is a number"),
        (pod(container(env=[{"name": "DEBUG", "value": True}])), "boolean"),
        (pod(container(args=["--port", 80])), "number"),
        (pod(container(), nodeSelector={"fast": True}), "boolean"),
        (pod(container(resources={"limits": {"memory": "512MB"}})), "no quantity"),
        (pod(container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "500m"}})), "more than"),
        (pod(container(resources={"limits": {"memory": "256m"}})), "less than a page"),
        (pod(container(resources={"limits": {"memory": "256Mi", "cpu": "0.5"}})), ""),
        (pod(container(resources={"limits": {"memory": "${MEMORY}"}}), restartPolicy="{{ .policy }}"), ""),
    ],
)  # fmt: skip
def test_values_that_the_api_refuses(made, says):
    assert [says in text for text in why("manifest.values", made)] == ([True] if says else [])


def changed(made, **spec):
    made["spec"] |= spec
    return made


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (changed(deployment(container()), selector={"matchLabels": {"app": "carts"}}), "own template"),
        (deployment(container(), restartPolicy="Never"), "only Always"),
        ({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta("j"),
          "spec": {"template": {"spec": {"containers": [container()]}}}}, "Always (the default)"),
        (pod(container(volumeMounts=[{"name": "data", "mountPath": "/d"}])), "volume data"),
        (pod(container(), container()), "container app is there twice"),
        (pod(container(volumeMounts=[{"name": "a", "mountPath": "/d"}, {"name": "b", "mountPath": "/d"}]),
             volumes=[{"name": "a", "emptyDir": {}}, {"name": "b", "emptyDir": {}}]), "mountPath /d"),
        (pod(container(env=[{"name": "A", "value": "x", "valueFrom": {"fieldRef": {}}}])), "both value"),
        (pod(container(ports=[{"containerPort": 70000}])), "no port"),
        (pod(container(livenessProbe={"periodSeconds": 5})), "no handler"),
        (pod(container(livenessProbe={"exec": {"command": ["a"]}, "successThreshold": 2})), "must be 1"),
        (pod(container(readinessProbe={"httpGet": {"port": "web"}},
                       ports=[{"containerPort": 1, "name": "http"}])), "named web"),
        (deployment({"name": "app", "livenessProbe": {"periodSeconds": 5}}), ""),
        (deployment(container(livenessProbe={"tcpSocket": {"port": 80}})), ""),
    ],
)  # fmt: skip
def test_parts_that_contradict_one_another(made, says):
    assert [says in text for text in why("manifest.shape", made)] == ([True] if says else [])


def test_services_need_named_ports_in_range():
    assert "name" in why("manifest.service_shape", service(ports=[{"port": 1}, {"port": 2}]))[0]
    assert "30000" in why("manifest.service_shape", service(ports=[{"port": 1, "nodePort": 80}]))[0]
    assert not why("manifest.service_shape", service(ports=[{"port": 1, "nodePort": 30080}]))


def test_a_service_never_reaches_into_another_namespace():
    there = deployment(container())
    there["metadata"]["namespace"] = "back"
    front = service(selector={"app": "cart"}, ports=[{"port": 80}])
    assert "back/cart" in why("manifest.elsewhere", there, front)[0]
    assert not why("manifest.elsewhere", deployment(container()), there, front)


NON_ROOT = {"runAsNonRoot": True}


@pytest.mark.parametrize(
    ("made", "cause"),
    [
        (pod(container("nginx:1.27", securityContext=NON_ROOT)), "container.config_invalid"),
        (pod(container("nginx:1.27"), securityContext=NON_ROOT), "container.config_invalid"),
        (pod(container("redis:7", securityContext={**NON_ROOT, "runAsUser": 999})), None),
        (pod(container("busybox", securityContext={**NON_ROOT, "runAsUser": 0})), "container.config_invalid"),
        (pod(container("grafana/grafana:11", securityContext=NON_ROOT)), None),
        (pod(container("shop/own", securityContext=NON_ROOT)), None),
        (pod(container("postgres:16")), "config.env_missing"),
        (pod(container("postgres:16", env=[{"name": "POSTGRES_PASSWORD", "value": "x"}])), None),
        (pod(container("postgres:16", envFrom=[{"secretRef": {"name": "x"}}])), None),
        (pod(container("mysql:8", env=[{"name": "MYSQL_DATABASE", "value": "x"}])), "config.env_missing"),
        (pod(container("mariadb:11", env=[{"name": "MYSQL_ROOT_PASSWORD", "value": "x"}])), None),
        (pod(container("nginx", securityContext={"readOnlyRootFilesystem": True})),
         "container.permission_denied"),
        (pod(container("nginx", securityContext={"runAsUser": 101})), "container.permission_denied"),
        (pod(container("nginx", securityContext={"runAsUser": 101},
                       volumeMounts=[{"mountPath": "/var/cache/nginx"}])), None),
    ],
)  # fmt: skip
def test_well_known_images_that_cannot_start(made, cause):
    assert [f.cause for f in findings(world(made), "manifest.start")] == ([cause] if cause else [])


def test_the_lists_of_fields_hold_no_slips_of_one_another():
    for known in (api_fields.CONTAINER, api_fields.POD_SPEC, api_fields.PROBE, *api_fields.SPECS.values()):
        assert all(name.isalnum() for name in known)
