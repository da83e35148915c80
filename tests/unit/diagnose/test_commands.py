"""Command lines: nothing in a name does more than name."""

import pytest

from anyops.diagnose.commands import act, in_container, kubectl
from anyops.world.resource import Ref


@pytest.mark.parametrize(
    "name", ["--kubeconfig=evil", "-o=json", "-ojson", "--", "--as-group=x", "--token\nx"]
)
def test_a_name_that_reads_as_a_flag_gives_no_command(name):
    assert kubectl("shop", "describe", "pod", name) == ""
    assert kubectl(name, "get", "pods") == ""


def test_names_that_a_shell_would_read_are_quoted():
    assert kubectl("shop", "get", "pod", "a;rm -rf x") == "kubectl -n shop get pod 'a;rm -rf x'"


def test_flags_of_our_own_stay():
    assert kubectl("", "logs", "a", "-c", "b", "--previous", "--tail=50") == (
        "kubectl logs a -c b --previous --tail=50"
    )
    assert act("rollout status", Ref("Deployment", "shop", "-x")) == (
        "kubectl -n shop rollout status deployment/-x"
    )


def test_a_container_without_a_name_is_left_out():
    assert (in_container("web"), in_container("")) == (("-c", "web"), ())
