"""Printing of text that nobody vouches for."""

import re
import sys
import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from anyops import text

ANYTHING = st.text(st.characters(), max_size=80)
WORDS = """
\x1b[2J \x9b31m ##[error] ##vso[x] e\u0301 👩\u200d💻 `` @me http://a.example/x www.a.example <b> ![]( ](http://b)
[x] 1. /close #7 ~~ a@b.example :tada: $x$ &amp; //
"""
NASTY = st.lists(
    st.sampled_from(
        [*"a日é|`*_-\\().:\"' \r\n\b\t\x7f\u202e\u2066\u061c\u200b\u2028\ud800\U000e0041", *WORDS.split()]
    ),
    max_size=12,
).map("".join)


def test_everything_active_in_unicode_is_written_out():
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert text.is_active(character), hex(code)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("tab\there", "tab here"),
        ("\x1b]52;c;cm0=\x07", "\\x1b]52;c;cm0=\\x07"),
        ("a\r\nb", "a\\r\\nb"),
        ("\x9b31m", "\\x9b31m"),
        ("exe\u202egpj", "exe\\u202egpj"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("##vso[task.setvariable]", "#\\x23vso[task.setvariable]"),
        ("日本 ünï ✖ 👍", "日本 ünï ✖ 👍"),
    ],
)
def test_safe_writes_out_what_acts_and_keeps_what_reads(raw, shown):
    assert text.safe(raw) == shown


@given(ANYTHING | NASTY)
def test_safe_is_one_inert_line_and_stays_so(raw):
    once = text.safe(raw)
    assert not any(text.is_active(c) for c in once)
    assert not re.search(r"##[A-Za-z]*\[", once)
    assert text.safe(once) == once
    once.encode()


@given(ANYTHING | NASTY)
def test_safe_block_keeps_lines_and_nothing_else_that_acts(raw):
    block = text.safe_block(raw)
    assert not any(text.is_active(c) for c in block if c not in "\n\t")
    assert block.count("\n") == raw.count("\n")
    assert text.safe_block(block) == block


def test_colour_goes_and_other_sequences_stay_to_be_shown():
    assert text.safe(text.uncolored("\x1b[1;31mERROR\x1b[0m \x1b[2Jgone")) == "ERROR \\x1b[2Jgone"


@pytest.mark.parametrize(("raw", "cells"), [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("👍 ok", 5)])
def test_width_counts_terminal_cells(raw, cells):
    assert text.width(raw) == cells


@given(ANYTHING | NASTY, st.integers(0, 60), st.sampled_from(["start", "end", "ends"]))
def test_shortened_text_fits(raw, cells, keep):
    short = text.shorten(raw, cells, keep=keep)
    assert text.width(short) <= cells
    assert short == raw or text.width(raw) > cells


def test_paths_keep_both_ends():
    assert text.shorten("registry.example/shop/cart:1.4.2", 20, keep="ends") == "regist…op/cart:1.4.2"


def test_counts_and_spans_of_time_read_like_words():
    assert [text.plural(n, "pod") for n in (0, 1, 1214)] == ["0 pods", "1 pod", "1,214 pods"]
    assert text.plural(2, "policy", "policies") == "2 policies"
    spans = (0, 41, 420, 18000, 777600)
    assert [text.ago(timedelta(seconds=s)) for s in spans] == ["0 s", "41 s", "7 min", "5 h", "9 days"]
    spans = (0.35, 1.1, 450, 4320, 270000)
    said = [text.duration(timedelta(seconds=s)) for s in spans]
    assert said == ["350 ms", "1.1 s", "7 min 30 s", "1 h 12 min", "3 days 3 h"]


@pytest.mark.parametrize(
    ("encoding", "variables", "bad"),
    [
        ("utf-8", {"LANG": "de_DE.UTF-8"}, "✖"),
        ("utf-8", {}, "✖"),
        ("utf-8", {"LANG": "C"}, "x"),
        ("utf-8", {"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, "x"),
        ("ascii", {"LANG": "en_US.UTF-8"}, "x"),
        ("iso8859-1", {}, "x"),
    ],
)
def test_signs_are_ascii_where_the_locale_asks(encoding, variables, bad):
    assert text.glyphs(encoding, variables).bad == bad


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("3 of 5 pods wait, since 02:44 (7 min)", "3 of 5 pods wait, since 02:44 (7 min)"),
        ('asks for "reg.example/cart:1.4".', 'asks for "`reg.example/cart:1.4`".'),
        ("@team look", "`@team` look"),
        ("<img src=x>", "`<img` `src=x>`"),
        ("1. not a list", "`1`. not a list"),
        ("--- not a rule", "`---` not a rule"),
        ("/close", "`/close`"),
        ("a`b``c", "```a`b``c```"),
        ("`x`", "`` `x` ``"),
    ],
)
def test_markdown_puts_what_could_act_into_code(raw, written):
    assert text.markdown(raw) == written


def tokens_of(source):
    """Every inline and block token, with links made of bare URLs too."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for block in parser.parse(source):
        yield block
        yield from block.children or ()


@given(ANYTHING | NASTY)
def test_markdown_of_anything_is_one_paragraph_of_text_and_code(raw):
    for token in tokens_of(text.markdown(raw)):
        assert token.type in ("paragraph_open", "paragraph_close", "inline", "text", "code_inline")
        if token.type == "text":
            assert not re.search(r"://|www\.|@\w|#\d|[<>\[\]|`*~&$\\]", token.content)


@given(NASTY)
def test_a_table_cell_stays_one_cell(raw):
    rows = list(tokens_of(f"| a | b |\n|---|---|\n| {text.markdown(raw, table=True)} | z |"))
    assert sum(t.type == "td_open" for t in rows) == 2
    assert rows[-1].type == "table_close"


@given(ANYTHING | NASTY)
def test_a_code_block_cannot_be_left(raw):
    tokens = list(tokens_of(text.code_block(raw, "sh")))
    assert [t.type for t in tokens] == ["fence"]


def test_actions_takes_no_line_for_a_command():
    guarded = text.actions_guard("::error::x", "a" * 16)
    assert guarded == f"::stop-commands::{'a' * 16}\n::error::x\n::{'a' * 16}::\n"
    for token in ("short", "::error::x"):
        with pytest.raises(ValueError, match="token"):
            text.actions_guard("see ::error::x there", token)
