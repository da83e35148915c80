"""Volumes in a description: the type's name decides which fields the lines below it are."""

from typing import Any

from anyops.sources.files.kubectl.fields import put_pairs, put_scalar
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

SOURCES: dict[str, tuple[str, dict[str, str]]] = {
    "HostPath": ("hostPath", {"Path": "path", "HostPathType": "type"}),
    "EmptyDir": ("emptyDir", {"Medium": "medium", "SizeLimit": "sizeLimit"}),
    "GCEPersistentDisk": (
        "gcePersistentDisk",
        {"PDName": "pdName", "FSType": "fsType", "ReadOnly": "readOnly"},
    ),
    "AWSElasticBlockStore": (
        "awsElasticBlockStore",
        {"VolumeID": "volumeID", "FSType": "fsType", "ReadOnly": "readOnly"},
    ),
    "GitRepo": ("gitRepo", {"Repository": "repository", "Revision": "revision"}),
    "Secret": ("secret", {"SecretName": "secretName", "Optional": "optional"}),
    "ConfigMap": ("configMap", {"Name": "name", "Optional": "optional"}),
    "NFS": ("nfs", {"Server": "server", "Path": "path", "ReadOnly": "readOnly"}),
    "ISCSI": ("iscsi", {"TargetPortal": "targetPortal", "IQN": "iqn", "Lun": "lun", "FSType": "fsType"}),
    "Glusterfs": ("glusterfs", {"EndpointsName": "endpoints", "Path": "path", "ReadOnly": "readOnly"}),
    "PersistentVolumeClaim": ("persistentVolumeClaim", {"ClaimName": "claimName", "ReadOnly": "readOnly"}),
    "RBD": ("rbd", {"RBDImage": "image", "RBDPool": "pool", "FSType": "fsType", "ReadOnly": "readOnly"}),
    "Quobyte": ("quobyte", {"Registry": "registry", "Volume": "volume", "ReadOnly": "readOnly"}),
    "DownwardAPI": ("downwardAPI", {}),
    "AzureDisk": (
        "azureDisk",
        {"DiskName": "diskName", "DiskURI": "diskURI", "Kind": "kind", "FSType": "fsType"},
    ),
    "AzureFile": (
        "azureFile",
        {"SecretName": "secretName", "ShareName": "shareName", "ReadOnly": "readOnly"},
    ),
    "vSphereVolume": ("vsphereVolume", {"VolumePath": "volumePath", "FSType": "fsType"}),
    "Cinder": ("cinder", {"VolumeID": "volumeID", "FSType": "fsType", "ReadOnly": "readOnly"}),
    "PhotonPersistentDisk": ("photonPersistentDisk", {"PdID": "pdID", "FSType": "fsType"}),
    "PortworxVolume": ("portworxVolume", {"VolumeID": "volumeID"}),
    "ScaleIO": ("scaleIO", {"Gateway": "gateway", "System": "system", "FSType": "fsType"}),
    "StorageOS": ("storageos", {"VolumeName": "volumeName", "FSType": "fsType"}),
    "LocalVolume": ("local", {"Path": "path"}),
    "CephFS": ("cephfs", {"Path": "path", "User": "user", "ReadOnly": "readOnly"}),
    "FC": ("fc", {"TargetWWNs": "targetWWNs", "LUN": "lun", "FSType": "fsType"}),
    "FlexVolume": ("flexVolume", {"Driver": "driver", "FSType": "fsType", "ReadOnly": "readOnly"}),
    "CSI": (
        "csi",
        {"Driver": "driver", "FSType": "fsType", "ReadOnly": "readOnly", "VolumeHandle": "volumeHandle"},
    ),
    "Image": ("image", {"Reference": "reference", "PullPolicy": "pullPolicy"}),
    "EphemeralVolume": ("ephemeral", {}),
}
"""What kubectl calls a volume's type: the field of the API and the fields below it.

Source: describeVolumes in kubectl's pkg/describe.
"""


def put_volumes(node: Node | None, sketch: Sketch, *path: str | int) -> None:
    """The volumes below `Volumes:`, as the list at `path`."""
    index = 0
    for child in node.children if node is not None else ():
        if child.key and not child.value:
            sketch.put(child.key, child.line, *path, index, "name")
            sketch.mark(child.line, *path, index, last=child.end)
            put_source(child, sketch, *path, index)
            index += 1


def put_source(node: Node, sketch: Sketch, *path: str | int) -> None:
    """A volume's source (or a persistent volume's) from the line `Type:` and its neighbours."""
    type_ = node.text("Type").partition(" (")[0]
    if type_ == "Projected":
        _put_projected(node, sketch, *path)
        return
    key, fields = SOURCES.get(type_, ("", {}))
    if not key:
        return
    sketch.put({}, node.line, *path, key, last=node.end)
    for child in node.children:
        if child.key == "VolumeAttributes":
            put_pairs(child, sketch, *path, key, "volumeAttributes")
        elif child.key == "StorageClass" and key == "ephemeral" and child.value:
            sketch.put(child.value, child.line, *path, key, "volumeClaimTemplate", "spec", "storageClassName")
        name = fields.get(child.key)
        if name and not child.empty and child.value != "<unset>":
            put_scalar(child.value, child.line, sketch, *path, key, name)


_PROJECTED = {
    "SecretName": "secret",
    "ConfigMapName": "configMap",
    "ClusterTrustBundleName": "clusterTrustBundle",
}
_OPTIONAL = ("SecretOptionalName", "ConfigMapOptional", "Optional")


def _put_projected(node: Node, sketch: Sketch, *path: str | int) -> None:
    sources: list[dict[str, Any]] = []
    for child in node.children:
        at = (*path, "projected", "sources", len(sources))
        key = _PROJECTED.get(child.key)
        if key:
            sources.append({key: {"name": child.value}})
        elif child.key == "TokenExpirationSeconds":
            seconds = int(child.value) if child.value.isascii() and child.value.isdigit() else None
            sources.append({"serviceAccountToken": {"expirationSeconds": seconds} if seconds else {}})
        elif child.key == "DownwardAPI" and child.value == "true":
            sources.append({"downwardAPI": {}})
        else:
            if child.key in _OPTIONAL and sources and child.value in ("true", "false"):
                for reference in sources[-1].values():
                    reference["optional"] = child.value == "true"
            continue
        sketch.mark(child.line, *at)
    sketch.put(sources, node.line, *path, "projected", "sources", last=node.end)
