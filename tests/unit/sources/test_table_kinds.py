# ruff: noqa: E501
"""Every kind's table: which object a row is, and what its columns say."""

import pytest

from anyops.sources.files.kubectl.session import read_output
from anyops.world.evidence import Document

# Each: name of the file, table, the first row's object, some of its values.
TABLES = [
    (
        "x",
        "NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\n"
        "agent   4         3         2       1            2           disk=ssd        2d\n",
        "DaemonSet/agent",
        {("status", "numberReady"): 2, ("spec", "template", "spec", "nodeSelector", "disk"): "ssd"},
    ),
    (
        "x",
        "NAME     DESIRED   CURRENT   READY   AGE\npump-6   3         2         1       2d\n",
        "ReplicaSet/pump-6",
        {("spec", "replicas"): 3, ("status", "replicas"): 2, ("status", "readyReplicas"): 1},
    ),
    (
        "kubectl_get_rc.txt",
        "NAME     DESIRED   CURRENT   READY   AGE\npump-6   3         2         1       2d\n",
        "ReplicationController/pump-6",
        {("spec", "replicas"): 3},
    ),
    (
        "x",
        "NAME   READY   AGE\ndb     1/3     2d\n",
        "StatefulSet/db",
        {("spec", "replicas"): 3, ("status", "readyReplicas"): 1},
    ),
    (
        "x",
        "NAME   STATUS   COMPLETIONS   DURATION   AGE\nload   Failed   0/3           9m31s      9m31s\n",
        "Job/load",
        {("spec", "completions"): 3, ("status", "conditions", 0, "type"): "Failed"},
    ),
    (
        "x",
        "NAME      SCHEDULE      TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE\n"
        "nightly   */5 * * * *   <none>     True      0        4m              2d\n",
        "CronJob/nightly",
        {("spec", "schedule"): "*/5 * * * *", ("spec", "suspend"): True},
    ),
    (
        "x",
        "NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE   SELECTOR\n"
        "web    LoadBalancer   10.0.0.7     <pending>     80/TCP    2d    app=web\n",
        "Service/web",
        {("status", "loadBalancer"): {}, ("spec", "selector"): {"app": "web"}},
    ),
    (
        "x",
        "NAME   ENDPOINTS                     AGE\nweb    10.0.0.1:80,10.0.0.2:80       2d\n",
        "Endpoints/web",
        {("subsets", 0, "addresses", 1, "ip"): "10.0.0.2", ("subsets", 0, "ports", 0, "port"): 80},
    ),
    ("x", "NAME   ENDPOINTS   AGE\nweb    <none>      2d\n", "Endpoints/web", {("subsets",): []}),
    (
        "x",
        "NAME     ADDRESSTYPE   PORTS   ENDPOINTS             AGE\nweb-x1   IPv4          80      10.0.0.1,10.0.0.2     2d\n",
        "EndpointSlice/web-x1",
        {("endpoints", 1, "addresses", 0): "10.0.0.2", ("ports", 0, "port"): 80},
    ),
    (
        "x",
        "NAME   CLASS   HOSTS       ADDRESS   PORTS     AGE\nweb    nginx   a.example   9.9.9.9   80, 443   2d\n",
        "Ingress/web",
        {("spec", "ingressClassName"): "nginx", ("spec", "rules", 0, "host"): "a.example"},
    ),
    (
        "x",
        "NAME   STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE\n"
        "data   Pending                                      fast           2d\n",
        "PersistentVolumeClaim/data",
        {("status", "phase"): "Pending", ("spec", "storageClassName"): "fast"},
    ),
    (
        "x",
        "NAME             PROVISIONER       RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE\n"
        "fast (default)   ebs.csi.aws.com   Delete          WaitForFirstConsumer   true                   2d\n",
        "StorageClass/fast",
        {
            ("provisioner",): "ebs.csi.aws.com",
            ("metadata", "annotations", "storageclass.kubernetes.io/is-default-class"): "true",
        },
    ),
    (
        "x",
        "NAME   REFERENCE         TARGETS              MINPODS   MAXPODS   REPLICAS   AGE\n"
        "pump   Deployment/pump   cpu: <unknown>/80%   1         5         1          2d\n",
        "HorizontalPodAutoscaler/pump",
        {
            ("spec", "scaleTargetRef", "name"): "pump",
            ("spec", "metrics", 0, "resource", "target", "averageUtilization"): 80,
            ("status", "currentMetrics", 0, "resource", "current"): {},
        },
    ),
    (
        "x",
        "NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\npdb    2               N/A               0                     2d\n",
        "PodDisruptionBudget/pdb",
        {("spec", "minAvailable"): 2, ("status", "disruptionsAllowed"): 0},
    ),
    (
        "x",
        "NAME   POD-SELECTOR         AGE\nnp     app=pump,tier in (a) 2d\n",
        "NetworkPolicy/np",
        {("spec", "podSelector", "matchLabels"): {"app": "pump"}},
    ),
    (
        "x",
        "NAME    AGE   REQUEST                            LIMIT\n"
        "quota   2d    pods: 3/10, requests.cpu: 500m/4   limits.cpu: 1/8\n",
        "ResourceQuota/quota",
        {("status", "used", "requests.cpu"): "500m", ("status", "hard", "limits.cpu"): "8"},
    ),
    ("x", "NAME   STATUS        AGE\nmill   Terminating   2d\n", "Namespace/mill", {("status", "phase"): "Terminating"}),
    ("x", "NAME   TYPE     DATA   AGE\nkeys   Opaque   2      2d\n", "Secret/keys", {("type",): "Opaque"}),
    (
        "kubectl_get_clusterrolebindings.txt",
        "NAME   ROLE               AGE\nadm    ClusterRole/view   2d\n",
        "ClusterRoleBinding/adm",
        {("roleRef", "name"): "view"},
    ),
    (
        "x",
        "NAMESPACE   NAME   SYNC STATUS   HEALTH STATUS\nargocd      shop   OutOfSync     Degraded\n",
        "Application/argocd/shop",
        {("status", "sync", "status"): "OutOfSync", ("status", "health", "status"): "Degraded"},
    ),
    (
        "kubectl_get_kustomizations_-n_flux.txt",
        "NAME   AGE   READY   STATUS\napps   2d    False   kustomize build failed: no such file\n",
        "Kustomization/flux/apps",
        {("status", "conditions", 0): {"type": "Ready", "status": "False", "message": "kustomize build failed: no such file"}},
    ),
    (
        "x",
        "NAME                                   SERVICE                 AVAILABLE                  AGE\n"
        "v1beta1.metrics.k8s.io                 kube-system/metrics     False (MissingEndpoints)   2d\n",
        "APIService/v1beta1.metrics.k8s.io",
        {("status", "conditions", 0, "reason"): "MissingEndpoints"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "table", "ref", "values"), TABLES, ids=[row[2] for row in TABLES])
def test_a_row_is_its_object(name, table, ref, values):
    reading = read_output(Document(name, table.encode()))
    resource = reading.resources[0]
    assert str(resource.ref) == ref
    for path, value in values.items():
        assert resource.at(*path).value == value
        assert resource.at(*path).quote().text == table.splitlines()[1]


def test_the_last_row_of_a_watch_holds():
    table = (
        "NAME   READY   STATUS    RESTARTS   AGE\n"
        "pump   0/1     Pending   0          1s\n"
        "pump   1/1     Running   0          5s\n"
    )
    (pod,) = read_output(Document("x", table.encode())).resources
    assert pod.text("status", "phase") == "Running"


@pytest.mark.parametrize(
    "table",
    [
        "NAME   NAMESPACE   REVISION   UPDATED   STATUS     CHART   APP VERSION\nx      y           1          z         deployed   c-1     2\n",
        "NAME         SHORTNAMES   APIVERSION   NAMESPACED   KIND\npods         po           v1           true         Pod\n",
        "NAME AND ADDRESS OF SHIPPER\nsomeone\n",
    ],
)  # fmt: skip
def test_tables_of_other_programs_are_none(table):
    reading = read_output(Document("x", table.encode()))
    assert reading is None or not reading.resources
