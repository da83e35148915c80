"""The packaged demo: the cause is found, and what has healed beside it is not blamed."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "readme" / "demo.svg"


def demo(*more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anyops", "incident", "analyze", "--demo", *more],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_the_cause_is_the_tag_that_does_not_exist_and_nothing_else_is_blamed() -> None:
    done = demo("-o", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert [(c["cause"], c["certainty"], c["resource"]["name"]) for c in report["causes"]] == [
        ("image.not_found", "sure", "cart")
    ]
    assert report["causes"][0]["managed_by"] == "Argo CD app shop (selfHeal)"
    assert report["impact"]["summary"].startswith("0 of 3 cart pods ready")


def test_every_quote_stands_where_it_says_it_does() -> None:
    from anyops.data import demo_path

    for item in json.loads(demo("-o", "json").stdout)["evidence"]:
        name, _, lines = item["place"].rpartition(":")
        first, _, last = lines.partition("-")
        stands = (
            (demo_path() / name)
            .read_bytes()
            .decode()
            .splitlines(keepends=True)[int(first) - 1 : int(last or first)]
        )
        assert item["text"] in "".join(stands)


def test_the_picture_in_the_readme_shows_this_answer() -> None:
    text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", PICTURE.read_text("utf-8"), flags=re.S))
    drawn = " ".join(text.split())
    report = json.loads(demo("-o", "json").stdout)
    shown = (report["impact"]["summary"], report["causes"][0]["cause"], "1 sure Image or tag does not exist")
    assert [part for part in shown if part not in drawn] == [], "run `nox -s picture`"
