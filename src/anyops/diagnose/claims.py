"""Who uses which persistent volume claim."""

import re

from anyops.diagnose.workloads import POD_MAKERS, is_ready, pod_spec
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World


class ClaimUsers:
    """The pods and workloads that mount each claim."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._users: dict[Ref, list[Field]] = {}
        for maker in world.of_kind(*POD_MAKERS):
            for volume in pod_spec(maker).each_having("persistentVolumeClaim", "volumes"):
                name = volume.at("persistentVolumeClaim", "claimName")
                if name.text():
                    ref = Ref("PersistentVolumeClaim", maker.namespace, name.text())
                    self._users.setdefault(ref, []).append(name)

    @property
    def named(self) -> dict[Ref, list[Field]]:
        """Every claim that some pod or template names, with the fields that name it."""
        return self._users

    def of(self, claim: Ref) -> list[Resource]:
        """The pods and workloads that use the claim, pods first."""
        users = [field.resource for field in self._users.get(claim, ())]
        users += [
            s
            for s in self.world.in_namespace("StatefulSet", claim.namespace)
            if template_of(claim, s) is not None
        ]
        return sorted(users, key=lambda u: (u.kind != "Pod", u.ref))

    def at_fault(self, claim: Ref) -> Ref:
        """The workload that wants the claim; the claim itself when nobody does."""
        tops = [self.world.top_owner(user) for user in self.of(claim)]
        return tops[0] if tops else claim

    def waiting(self, claim: Ref) -> list[Resource]:
        """Its pods that are not ready."""
        return [u for u in self.of(claim) if u.kind == "Pod" and not is_ready(u)]


def template_of(claim: Ref, stateful_set: Resource) -> Field | None:
    """The claim template that a set made the claim from: it is called `TEMPLATE-SET-N`."""
    for template in stateful_set.each("spec", "volumeClaimTemplates"):
        prefix = f"{template.text('metadata', 'name')}-{stateful_set.name}-"
        if claim.name.startswith(prefix) and re.fullmatch(r"\d{1,6}", claim.name[len(prefix) :]):
            return template
    return None
