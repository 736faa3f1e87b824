"""The small mistakes that are planted in a module, one at a time."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

SWAPPED: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Break: (ast.Continue,),
    ast.Continue: (ast.Break,),
}
NOT_MUTATED = {"annotation", "returns", "decorator_list", "type_comment"}
"""Fields of a node that decide nothing while a program runs."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One mistake: where it is and what it does; `tree` is the module as it would be read."""

    path: str
    function: str
    """Qualified name of the outermost function; empty at the level of the module or a class."""
    first: int
    last: int
    statement: ast.stmt
    change: str
    parent: ast.AST
    field: str
    index: int | None
    mistake: ast.AST

    @property
    def name(self) -> str:
        return f"{self.path}:{self.first}: {self.change}"

    @property
    def lines(self) -> range:
        return range(self.first, self.last + 1)

    def plant(self) -> None:
        """Change the tree this mutant was found in; there is no way back."""
        mistake = ast.fix_missing_locations(ast.copy_location(self.mistake, self.statement))
        if self.index is None:
            setattr(self.parent, self.field, mistake)
        else:
            getattr(self.parent, self.field)[self.index] = mistake


@dataclass(frozen=True)
class Place:
    """Where the walk through a module stands."""

    function: str = ""
    names: tuple[str, ...] = ()
    statement: ast.stmt = ast.Pass()  # noqa: RUF009


def mutants_of(path: str, tree: ast.Module) -> Iterator[Mutant]:
    """Yield every mistake that can be planted in a module, in the order of its lines."""
    return _walk(path, tree, Place())


def _walk(path: str, node: ast.AST, place: Place) -> Iterator[Mutant]:
    for field, value in ast.iter_fields(node):
        if field in NOT_MUTATED:
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if not isinstance(child, ast.AST) or _says_nothing(child, node):
                continue
            inner = _inside(child, place, default=isinstance(node, ast.arguments))
            mutant = partial(Mutant, path, inner.function)
            for mistake in _mistakes(child, node):
                spot = child if isinstance(child, ast.expr | ast.stmt) else node
                yield mutant(
                    spot.lineno,  # type: ignore[attr-defined]
                    spot.end_lineno or spot.lineno,  # type: ignore[attr-defined]
                    inner.statement,
                    _change(node, child, field, index, mistake),
                    node,
                    field,
                    index,
                    mistake,
                )
            yield from _walk(path, child, inner)


def _inside(child: ast.AST, place: Place, default: bool) -> Place:
    statement = child if isinstance(child, ast.stmt) else place.statement
    if default:
        return Place("", place.names, statement)
    if isinstance(child, ast.ClassDef | ast.FunctionDef):
        names = (*place.names, child.name)
        inside = isinstance(child, ast.FunctionDef)
        function = place.function or (".".join(names) if inside else "")
        return Place(function, names, statement)
    return Place(place.function, place.names, statement)


def _says_nothing(child: ast.AST, parent: ast.AST) -> bool:
    """Docstrings, imports, asserts and the names of types decide nothing."""
    if isinstance(child, ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
        return child.func.id in ("TypeVar", "NewType")
    called = parent.func if isinstance(parent, ast.Call) else None
    first = isinstance(parent, ast.Call) and parent.args[:1] == [child]
    return first and isinstance(called, ast.Name) and called.id == "cast"


def _mistakes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    for other in SWAPPED.get(type(node), ()):
        yield other()
    match node:
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(number)):
            yield from (ast.Constant(number + 1), ast.Constant(number - 1))
        case ast.Constant(value=str(text)) if not isinstance(parent, ast.JoinedStr):
            yield ast.Constant(_other_text(text, parent))
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Assign(value=value) if not _is_none(value) and not _is_table(parent):
            yield ast.Assign(node.targets, ast.Constant(None))
        case ast.Expr() | ast.AugAssign() | ast.Raise():
            yield ast.Pass()
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(test, ast.Compare):
            yield _negated(node, test)
        case ast.comprehension(ifs=[test, *others]):
            yield ast.comprehension(node.target, node.iter, others, node.is_async)


def _other_text(text: str, parent: ast.AST) -> str:
    called = parent.func if isinstance(parent, ast.Call) else None
    if isinstance(called, ast.Name) and called.id == "Decimal":
        return f"1{text}"
    return f"XX{text}"


def _negated(node: ast.If | ast.IfExp, test: ast.expr) -> ast.AST:
    negation = test.operand if _is_not(test) else ast.UnaryOp(ast.Not(), test)  # type: ignore[attr-defined]
    if isinstance(node, ast.If):
        return ast.If(negation, node.body, node.orelse)
    return ast.IfExp(negation, node.body, node.orelse)


def _is_not(test: ast.expr) -> bool:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_table(parent: ast.AST) -> bool:
    return isinstance(parent, ast.Module | ast.ClassDef)


def _change(
    parent: ast.AST, child: ast.AST, field: str, index: int | None, mistake: ast.AST
) -> str:
    """Write the expression before and after; of an operator, what it stands in."""
    if isinstance(child, ast.expr | ast.stmt):
        return f"{_short(child)} → {_short(mistake)}"
    if isinstance(child, ast.comprehension):
        return f"{_short(child)} → {_short(mistake)}"
    before = _short(parent)
    if index is None:
        setattr(parent, field, mistake)
    else:
        getattr(parent, field)[index] = mistake
    after = _short(parent)
    if index is None:
        setattr(parent, field, child)
    else:
        getattr(parent, field)[index] = child
    return f"{before} → {after}"


def _short(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node)).strip().split("\n")[0]
