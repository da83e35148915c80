"""A data folder: its cases, its way of writing one as files, and its scorers, all imported from it."""

import functools
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

Case = dict[str, Any]


class Data:
    """The folder `root`, which holds evalio.py, materialize.py and score_*.py beside the cases."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        sys.path.insert(0, str(self.root))
        sys.dont_write_bytecode = True
        self._io = importlib.import_module("evalio")
        self._materialize = importlib.import_module("materialize")
        # Both read a whole set for each case asked for; read once, one case costs nothing.
        read_cases: Callable[[str], Iterator[Case]] = self._io.cases
        self.cases = functools.cache(lambda pattern: list(read_cases(pattern)))
        vars(self._materialize)["cases"] = self.cases

    def write(self, case: Case, folder: Path) -> None:
        """Write one case as the files a person would hand over, never its answer."""
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._materialize.main(case["id"], str(folder))
        except SystemExit:  # it finds a case by the shape of its id, and misses some that are one object
            (folder / "object.json").write_text(json.dumps(case["object"], indent=1), "utf-8")

    def score(self, script: str, *arguments: str) -> str:
        """What the folder's own scorer prints."""
        said = io.StringIO()
        with redirect_stdout(said):
            importlib.import_module(script).main(*arguments)
        return said.getvalue()
