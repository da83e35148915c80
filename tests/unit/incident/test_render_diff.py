"""What differs between two clusters, as a person reads it."""

import pytest
from msgspec import structs

from anyops.diagnose.diff import Diff, Selection, compare
from anyops.incident.render.diff import diff_lines, name_lines
from anyops.incident.render.json import render_json
from anyops.incident.render.lines import cells, plain
from anyops.incident.render.options import TextOptions
from anyops.world.world import World
from tests.unit.diagnose.worlds import meta, workload, world
from tests.unit.incident.clusters import after, before
from tests.unit.incident.golden import assert_golden

LOOKS = {
    "terminal": TextOptions(columns=100, terminal=True),
    "narrow": TextOptions(columns=60, terminal=True),
    "ascii": TextOptions(columns=80, ascii=True),
}


def week() -> Diff:
    diff = compare(before(), after())
    return structs.replace(
        diff,
        a=structs.replace(diff.a, target="file:before.tar.gz"),
        b=structs.replace(diff.b, target="ctx:prod-eu"),
    )


@pytest.mark.parametrize("look", LOOKS)
def test_a_week_of_work_reads_as_its_golden_file(look):
    assert_golden(f"diff-{look}.txt", plain(diff_lines(week(), LOOKS[look])))


def test_json_reads_as_its_golden_file():
    assert_golden("diff-1.json", render_json(week()))


@pytest.mark.parametrize("columns", [20, 40, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal_or_100_cells(columns):
    lines = diff_lines(week(), TextOptions(columns=columns))
    assert max(map(cells, lines)) <= min(columns, 100)


def test_both_sides_are_named_first():
    a, b, verdict, *_ = plain(diff_lines(week(), LOOKS["terminal"])).splitlines()
    assert a.startswith("A  file:before.tar.gz · ns shop")
    assert b.startswith("B  ctx:prod-eu · alice · ns shop")
    assert "differences at" in verdict


def test_names_of_what_differs_are_one_a_line():
    assert "Deployment/shop/cart" in name_lines(week())
    assert "Node/node-d" in name_lines(week())


def test_nothing_differs_is_said_in_words():
    assert "nothing differs\n" in plain(diff_lines(compare(before(), before()), LOOKS["terminal"]))


def test_a_map_of_namespaces_is_said():
    diff = compare(before(), before(), Selection(namespace_map={"shop": "shop"}))
    assert "namespaces compared: shop of A with shop of B" in plain(diff_lines(diff, LOOKS["terminal"]))


def test_a_long_image_that_moved_is_shown_whole_and_a_long_value_from_where_it_differs():
    def side(host: str, tail: str) -> World:
        container = {"name": "main", "image": f"{host}/shop/cart:1", "args": ["x" * 300 + tail]}
        return world(workload(template={"containers": [container]}))

    shown = plain(diff_lines(compare(side("a.example", "one"), side("b.example", "two")), LOOKS["terminal"]))
    assert "a.example/shop/cart:1 → b.example/shop/cart:1" in shown
    assert "xxxone → …" in shown
    assert "xxxtwo" in shown


def test_the_same_change_at_many_objects_is_one_line():
    def side(image: str) -> World:
        containers = [{"name": "main", "image": image}]
        return world(*(workload(name=f"w{n}", template={"containers": containers}) for n in range(9)))

    diff = compare(side("r.example/a:1"), side("r.example/a:2"))
    shown = plain(diff_lines(diff, LOOKS["terminal"])).splitlines()
    assert "  Deployment shop  main  image  1 → 2 at 9: w0, w1, w2, w3, w4, w5, w6, w7, w8" in shown
    assert len(diff.changes) == 9


def test_one_object_does_not_fill_the_screen():
    settings = {f"key{n:02}": str(n) for n in range(40)}
    config = {"kind": "ConfigMap", "metadata": meta("big")}
    other = dict.fromkeys(settings, "x")
    diff = compare(world({**config, "data": settings}), world({**config, "data": other}))
    lines = plain(diff_lines(diff, LOOKS["terminal"])).splitlines()
    assert len(lines) < 30
    assert "25 more differences at ConfigMap shop/big: all with -o json" in lines[-1]
    assert len(diff.changes) == 40
