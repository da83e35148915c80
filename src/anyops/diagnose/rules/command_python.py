"""Python programs that stand in manifests and cannot run: syntax, modules that are not there, a sure end."""

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, title, watch
from anyops.diagnose.placement import show_amount
from anyops.diagnose.programs import Program
from anyops.diagnose.wordlist import names
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.resource import Field
from anyops.world.world import World

_MOST = 100_000
_GONE = names("""
    distutils imp asyncore asynchat smtpd cgi cgitb crypt telnetlib pipes nntplib imghdr sndhdr uu xdrlib nis
    spwd msilib ossaudiodev audioop aifc chunk mailcap sunau lib2to3 pkg_resources setuptools pip
    """)
_KNOWN = frozenset(sys.stdlib_module_names) | _GONE
_F_STRING = re.compile(r"\b[rR]?[fF][rR]?['\"]")
_EXITS = frozenset(("exit", "quit", "sys.exit", "os._exit"))
_DEPTH = 4
_BIG = 2**50


@rule("command.python", *POD_MAKERS, title="Python program of the manifest can run")
def check_python(world: World) -> Iterator[Found]:
    """Python of ConfigMaps and `python -c` that does not parse, imports what is not there, or gives up."""
    for program in declared_programs(world):
        if program.language != "python" or not program.text or len(program.text) > _MOST:
            continue
        try:
            yield from _check(program)
        except (RecursionError, MemoryError):
            continue  # Nested deeper than anybody writes.


def _check(program: Program) -> Iterator[Found]:
    tree = _tree(program.text)
    if isinstance(tree, SyntaxError):
        yield from _no_python(program, tree)
    elif tree is not None:
        yield from _missing_modules(program, tree)
        yield from _sure_end(program, tree)
        yield from _too_much(program, tree)


def _tree(text: str) -> ast.Module | SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None


def _found(
    program: Program, where: Field, what: str, why: str, fix: str, code: str = "container.crash"
) -> Found:
    return Found(
        on=program.owner,
        title=what,
        detail=f"{title(program)}: {why}",
        severity="high",
        cites=(where, program.container.at("image")),
        cause=code,
        certainty="likely",
        statement=f"{title(program)} cannot run: {why}.",
        fix=fix,
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _no_python(program: Program, error: SyntaxError) -> Iterator[Found]:
    """Newer Python reads f-strings that an older one refuses, and Python 2 prints without brackets."""
    row = error.text or ""
    old = program.image is None or program.image.tag.startswith("2")
    if not old and not _F_STRING.search(row) and error.lineno:
        why = f"line {error.lineno} of its Python program is no Python ({error.msg}): {row.strip()[:80]}"
        yield _found(
            program, program.line(error.lineno), "Python program has a syntax error", why, "Mend the line."
        )


def _missing_modules(program: Program, tree: ast.Module) -> Iterator[Found]:
    image = program.image
    if image is None or image.name != "python" or _has_own_modules(program):
        return
    beside = {key.removesuffix(".py") for key, _ in _siblings(program)}
    for node in tree.body:
        for name in _imported(node):
            if name not in _KNOWN and name not in beside:
                has_not = f"{program.container.text('image')} does not have it (ModuleNotFoundError)"
                why = f"it imports {name}, and {has_not}"
                fix = f"Use an image in which {name} is installed, or install it before the program starts."
                yield _found(program, program.line(node.lineno), f"Module {name} is not installed", why, fix)
                return


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


def _has_own_modules(program: Program) -> bool:
    variables = {v.text("name") for v in program.container.each("env")}
    if variables & {"PYTHONPATH", "PYTHONUSERBASE", "PYTHONHOME", "VIRTUAL_ENV"}:
        return True
    # Only site-packages of the image, or a volume laid over it, can hold more modules.
    points = [mount.text("mountPath") for mount in program.container.each("volumeMounts")]
    return any("python" in point or "packages" in point for point in points)


def _siblings(program: Program) -> Iterable[tuple[str, Field]]:
    where = program.where
    is_config = where is not None and where.resource.kind == "ConfigMap"
    return where.resource.at("data").entries() if where is not None and is_config else ()


def _sure_end(program: Program, tree: ast.Module) -> Iterator[Found]:
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    said: list[str] = []
    end = _end(tree.body, functions, said, _DEPTH)
    if end is not None:
        last = f', after it prints "{said[-1][:120]}"' if said else ""
        why = f"it always ends with an error in line {end.lineno} ({ast.unparse(end)[:80]}){last}"
        yield _found(program, program.line(end.lineno), "Python program always ends with an error", why,
                     "Mend what makes the program give up.")  # fmt: skip


def _end(
    body: Sequence[ast.stmt], functions: dict[str, ast.FunctionDef], said: list[str], depth: int
) -> ast.stmt | None:
    """The statement that ends the program with an error whatever happens; None when none does."""
    for node in body:
        if isinstance(node, ast.Raise):
            return node
        if isinstance(node, ast.Return):
            return None
        call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        if call is not None:
            name = ast.unparse(call.func)
            if name in _EXITS:
                return node if _is_error(call) else None
            if name == "print" and call.args:
                said.append(_spoken(call.args[0]))
            if name in functions and depth:
                inner = _end(functions[name].body, functions, said, depth - 1)
                if inner is not None:
                    return inner
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            return _end(node.body, functions, said, depth)
        if isinstance(node, ast.While) and _is_true(node.test):
            return None if _leaves(node) else _end(node.body, functions, said, depth)
    return None


def _is_error(call: ast.Call) -> bool:
    value = call.args[0] if call.args else None
    return isinstance(value, ast.Constant) and value.value not in (0, None, False)


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _leaves(loop: ast.While) -> bool:
    return any(isinstance(node, ast.Break | ast.Return | ast.Continue) for node in ast.walk(loop))


def _spoken(value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return ast.unparse(value)


def _too_much(program: Program, tree: ast.Module) -> Iterator[Found]:
    """`"x" * 500_000_000`, `bytearray(10**9)` beyond the memory limit."""
    limit = program.container.at("resources", "limits", "memory")
    bytes_ = limit.quantity()
    for node in ast.walk(tree) if bytes_ else ():
        size = _allocated(node)
        if bytes_ and size > bytes_:
            line = getattr(node, "lineno", 1)
            asked = show_amount("memory", size)
            why = f"line {line} takes {asked} of memory, and its limit is {limit.text()} (OOMKilled)"
            what, fix = "Python program takes more memory than the limit", "Raise the limit, or take less."
            yield _found(program, program.line(line), what, why, fix, "container.oom_killed")
            return


def _allocated(node: ast.AST) -> float:
    if (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("bytearray", "bytes", "os.urandom")
        and node.args
    ):
        return float(_number(node.args[0]) or 0)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes):
                return float(len(one.value) * (_number(other) or 0))
            if isinstance(one, ast.List) and len(one.elts) == 1:
                return float(8 * (_number(other) or 0))
    return 0.0


def _number(node: ast.expr, depth: int = 8) -> int | None:
    """The value of a product or power of whole numbers."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int) and abs(node.value) < _BIG else None
    if not isinstance(node, ast.BinOp) or not depth:
        return None
    left, right = _number(node.left, depth - 1), _number(node.right, depth - 1)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Mult):
        return min(left * right, _BIG)
    if isinstance(node.op, ast.Pow):
        return min(left**right, _BIG) if 0 <= right < 50 and 0 <= left < 2000 else None
    return min(left + right, _BIG) if isinstance(node.op, ast.Add) else None
