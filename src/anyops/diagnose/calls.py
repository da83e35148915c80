"""Who calls whom, by a call graph that was read, else by the addresses in settings."""

from functools import cached_property

from anyops.diagnose.services import ServiceMap, workloads_behind
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.variables import addressed_settings
from anyops.world.resource import Ref
from anyops.world.world import World


class Calls:
    """The call graph between workloads of one world."""

    def __init__(self, world: World, subjects: Subjects) -> None:
        self.world = world
        self.subjects = subjects

    @cached_property
    def callees(self) -> dict[Ref, set[Ref]]:
        """What each workload calls directly."""
        found: dict[Ref, set[Ref]] = {}
        for call in self.world.of_kind("Dependency"):
            caller = self.subjects.named(call.text("spec", "from"))
            callee = self.subjects.named(call.text("spec", "to"))
            if caller is not None and callee is not None and caller != callee:
                found.setdefault(caller, set()).add(callee)
        return found or self._by_settings()

    def _by_settings(self) -> dict[Ref, set[Ref]]:
        services, found = self.world.derived(ServiceMap), dict[Ref, set[Ref]]()
        for setting in self.world.derived(addressed_settings):
            caller = setting.owner.ref
            service = services.named(setting.address.host, caller.namespace)
            for callee in workloads_behind(self.world, service) if service is not None else ():
                if callee.ref != caller:
                    found.setdefault(caller, set()).add(callee.ref)
        return found

    @cached_property
    def callers(self) -> dict[Ref, set[Ref]]:
        """Who calls each workload directly."""
        found: dict[Ref, set[Ref]] = {}
        for caller, callees in self.callees.items():
            for callee in callees:
                found.setdefault(callee, set()).add(caller)
        return found

    def crosses(self, callee: Ref, node: str) -> bool:
        """Whether calls to it pass the node's border: from inside out, or from outside in."""
        inside = node in self.nodes.get(callee, ())
        callers = self.callers.get(callee, set())
        if inside:
            return not callers or any(node not in self.nodes.get(caller, ()) for caller in callers)
        return any(node in self.nodes.get(caller, ()) for caller in callers)

    @cached_property
    def nodes(self) -> dict[Ref, set[str]]:
        """The nodes on which each workload's pods run."""
        found: dict[Ref, set[str]] = {}
        for pod in self.world.of_kind("Pod"):
            node = pod.text("spec", "nodeName")
            if node:
                found.setdefault(self.world.top_owner(pod), set()).add(node)
                found.setdefault(pod.ref, set()).add(node)
        return found
