"""What a container said before it ended: the line of its log that explains most."""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.complaints import GENERIC, Complaint, complaint_of
from anyops.diagnose.subjects import Subjects
from anyops.world.resource import Ref, Resource
from anyops.world.world import Log, LogLine

_TAIL = 200


class LastWords(Struct, frozen=True, eq=False):
    """A log line with what it complains about."""

    line: LogLine
    complaint: Complaint

    @property
    def text(self) -> str:
        """The line, cut to what fits a sentence."""
        text = " ".join(self.line.text.split())
        return text if len(text) <= 160 else text[:157] + "..."


def logs_of(subjects: Subjects, pod: Resource, container: str = "") -> list[Log]:
    """Logs of a pod's container, the previous run's first; those of its workload where the pod has none."""
    own = subjects.logs.get(pod.ref, [])
    fitting = [log for log in own if not container or log.container in ("", container)]
    return sorted(fitting or _of_owner(subjects, pod), key=lambda log: not log.previous)


def _of_owner(subjects: Subjects, pod: Resource) -> list[Log]:
    top = subjects.world.top_owner(pod)
    found = subjects.logs.get(top, [])
    if not found and top == pod.ref:
        base = pod.name.rsplit("-", 2)[0]
        found = subjects.logs.get(Ref("Deployment", pod.namespace, base), [])
    return found or subjects.logs.get(Ref("Service", pod.namespace, top.name), [])


def last_words(subjects: Subjects, pod: Resource, container: str = "") -> LastWords | None:
    """The latest telling complaint near the end of the log; a bare error only if nothing else tells."""
    for log in logs_of(subjects, pod, container):
        said = list(_complaints(log))
        telling = next((s for s in said if s.complaint.id not in GENERIC), None)
        if telling is not None or said:
            return telling or said[0]
    return None


def _complaints(log: Log) -> Iterator[LastWords]:
    """Complaints from the log's end backwards; of a run of them the named exceptions come before the rest."""
    for line in reversed(log.lines[-_TAIL:]):
        complaint = complaint_of(line.text)
        if complaint is not None:
            yield LastWords(line, complaint)
