"""Reading shell scripts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.diagnose.shell import parse
from anyops.diagnose.shelltext import Word, tokens

PIECES = st.sampled_from(
    [*"()|;'\"`\\\n\x00", "echo", "a b", "$(", "${X:-1}", "&&", "||", "if ", "then ", "fi", "case x in",
     "esac", ";;"]
) | st.sampled_from(
    ["while true; do", "done", "{ ", "}", "<<E", "E", "# no", "f() ", "[[ ", "]]", "((", "$((", "é", "> /x",
     "for i in 1 2; do "]
)  # fmt: skip


def names(script):
    return [call.name for call in parse(script).calls if call.words]


def sure(script):
    return [call.name for call in parse(script).calls if call.words and call.sure]


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_reading_never_raises_and_lines_stay_inside(script):
    lines = script.count("\n") + 1
    assert all(1 <= call.line <= lines for call in parse(script).calls)


def test_a_long_script_is_read_in_time():
    assert len(parse("a | b; " * 9000).calls) > 10_000
    assert parse("(" * 50_000).calls == ()
    assert parse("$(" * 20_000).calls


def test_quotes_escapes_and_expansions_make_words():
    found = [
        t for t in tokens("echo 'a b' \"c $D\" e\\ f ${G:-h i} $(date +%s)#x # gone") if isinstance(t, Word)
    ]
    assert [w.text for w in found] == ["echo", "a b", "c $D", "e f", "${G:-h i}", "$(date +%s)#x"]
    assert [w.expands for w in found] == [False, False, True, False, True, True]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a; b && c || d", ["a", "b"]),
        ("if a; then b; else c; fi; d", ["a", "d"]),
        ("while true; do a; sleep 1; done; b", ["true", "a", "sleep"]),
        ("while true; do a; break; done; b", ["true", "a", "break", "b"]),
        ("while a; do b; done", ["a"]),
        ("for i in 1 2; do a; done; b", ["b"]),
        ("case $x in a|b) c;; *) d;; esac; e", ["e"]),
        ("f() { a; }; b", ["b"]),
        ("function g { a; }\nb", ["b"]),
        ("(a); b", ["b"]),
        ("{ a; b; }; c", ["a", "b", "c"]),
        ("A=1 B=$(c) d", ["d", "c"]),
        ("cat <<E > /x\nnot this\nE\nb", ["cat", "b"]),
        ("exec a 2>&1 &\nb", ["exec", "b"]),
    ],
)
def test_which_commands_run_in_any_case(script, expected):
    assert sure(script) == expected


def test_redirections_assignments_and_functions_are_told():
    script = parse("f() { a; }\nX=1 run > /out 2>/dev/null < /in\nexport Y=2")
    run = next(call for call in script.calls if call.name == "run")
    assert (run.writes, run.reads, run.sets) == (("/out", "/dev/null"), ("/in",), (("X", "1"),))
    assert script.functions == {"f"}
    assert run.line == 2


def test_a_command_in_a_substitution_has_its_line():
    call = next(c for c in parse("echo a\nx=$(\n  kubectl get pods\n)").calls if c.name == "kubectl")
    assert (call.line, call.inside) == (3, True)


def test_failures_that_are_looked_at_are_told():
    tested = {c.name for c in parse("if a; then b; fi; c || d; e | f; ! g").calls if c.tested}
    assert tested == {"a", "c", "d", "e"}


def test_names_that_are_computed_are_no_names():
    assert names("$CMD x; `which y` z") == ["", "", "which"]
