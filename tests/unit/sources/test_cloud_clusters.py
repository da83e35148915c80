import json
from pathlib import Path

from anyops.sources.files import read


def _read(tmp_path: Path, value: object):
    (tmp_path / "cluster.json").write_text(json.dumps(value, indent=2))
    return read([tmp_path])


def test_an_eks_cluster_with_a_health_issue(tmp_path: Path) -> None:
    issue = {"code": "SubnetNotFound", "message": "The subnet is gone", "resourceIds": ["subnet-1"]}
    described = {
        "cluster": {
            "name": "prod",
            "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
            "version": "1.31",
            "status": "ACTIVE",
            "health": {"issues": [issue]},
        }
    }
    cluster = _read(tmp_path, described).get("CloudCluster", "", "prod")
    assert cluster is not None
    message = cluster.at("status", "issues", 0, "message")
    assert message.text() == "The subnet is gone"
    quote = message.quote()
    assert quote is not None
    assert "The subnet is gone" in quote.text


def test_a_node_group_and_something_else_that_is_called_cluster(tmp_path: Path) -> None:
    group = {"nodegroupName": "workers", "nodegroupArn": "arn:aws:eks:x:1:nodegroup/a", "status": "DEGRADED"}
    world = _read(tmp_path, [{"nodegroup": group}, {"cluster": {"name": "elastic", "status": "green"}}])
    [found] = world.of_kind("CloudCluster")
    assert (found.name, found.text("status", "state")) == ("workers", "DEGRADED")
