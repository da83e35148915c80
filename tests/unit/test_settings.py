"""Settings: where each value comes from, what does not fit, and writing one without touching the rest."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.errors import ConfigError, UsageError
from anyops.settings import load
from anyops.settingsfile import edited, store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "anyops" / "config.toml"


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(file: Path) -> None:
    store(file, "analyze.fail_on", "low")
    store(file, "output.ascii", "true")
    settings, origins = load({"ANYOPS_ANALYZE_FAIL_ON": "critical"}, file)
    assert (settings.analyze.fail_on, settings.output.ascii) == ("critical", True)
    assert {s.key: s.origin for s in origins} == {
        "analyze.fail_on": "ANYOPS_ANALYZE_FAIL_ON",
        "cluster.timeout": "default",
        "output.color": "default",
        "output.ascii": "file",
    }


@pytest.mark.parametrize(
    ("text", "says", "cure"),
    [
        ("[output]\ncolour = 1", "no setting 'output.colour'", "did you mean `output.color`?"),
        ("analyse = 3", "no setting 'analyse'", "did you mean `analyze.fail_on`?"),
        ("zzz = 3", "no setting 'zzz'", "anyops config show"),
        ("[output]\nascii = 'maybe'", "output.ascii cannot be 'maybe'", "true or false"),
        ("[output]\ncolor = {a = 1}", "output.color cannot be", "one of auto, always, never"),
        ("[output\n", "line 1", "mend the file"),
    ],
)
def test_a_file_that_does_not_fit_names_the_key_and_the_cure(
    file: Path, text: str, says: str, cure: str
) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        load({}, file)
    assert says in error.value.message
    assert cure in error.value.hint


@pytest.mark.parametrize(
    ("key", "value"), [("output.colour", "never"), ("output.color", "nver"), ("", ""), ("a.b.c", "1")]
)
def test_a_key_or_value_that_does_not_fit_is_never_written(file: Path, key: str, value: str) -> None:
    with pytest.raises(UsageError):
        store(file, key, value)
    assert not file.exists()


def test_writing_keeps_comments_order_and_mode(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("# mine\n[output]\ncolor = 'never' # at work\n\n[analyze]\n# strict\n")
    file.chmod(0o640)
    store(file, "output.ascii", "true")
    store(file, "analyze.fail_on", "medium")
    assert file.read_text() == (
        "# mine\n[output]\ncolor = 'never' # at work\nascii = true\n\n[analyze]\n# strict\n"
        'fail_on = "medium"\n'
    )
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "text",
    [
        "output.color = 'never'\n",
        "output = {color = 'never'}\n",
        "x = [\n",
        '[output]\ncolor = """\na\n"""\n',
    ],
)
def test_a_file_that_cannot_be_changed_safely_stays_as_it_is(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ConfigError):
        store(file, "output.color", "always")
    assert file.read_text() == text


names = st.text("abcdef_", min_size=1, max_size=6)
values = st.one_of(st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "[x]", "# no", "é"]))


@given(st.dictionaries(names, st.dictionaries(names, values, max_size=3), max_size=3), names, names)
def test_an_edit_changes_one_key_and_no_other(
    table: dict[str, dict[str, object]], section: str, leaf: str
) -> None:
    text = "".join(
        f"\n[{name}]  # {name}\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in leaves.items())
        for name, leaves in table.items()
    )
    expected = {**table, section: {**table.get(section, {}), leaf: 7}}
    assert tomllib.loads(edited(text, section, leaf, f"{leaf} = 7")) == expected


def _toml(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value)
        if isinstance(value, int)
        else f'"{value}"'
    )
