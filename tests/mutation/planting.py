"""Planting a mistake in the modules that are already loaded, or before they are."""

import ast
import functools
import gc
import importlib.machinery
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tests.mutation.operators import Mutant


class NeedsLoading(Exception):
    """The mistake shows only where the module is loaded afresh."""


def plant_in_loaded(mutant: Mutant, tree: ast.Module) -> None:
    """Replace what the loaded module does by what it would do with the mistake.

    Raises:
        NeedsLoading: if the mistake is in a class body or a default value.
    """
    file = str(Path(mutant.path).resolve())
    if all(getattr(module, "__file__", "") != file for module in list(sys.modules.values())):
        plant_in_file(mutant, tree)  # it is loaded on first use
        return
    if not mutant.function and mutant.statement not in tree.body:
        raise NeedsLoading
    if not mutant.function and not isinstance(mutant.statement, ast.Assign | ast.AnnAssign):
        raise NeedsLoading
    mutant.plant()
    if mutant.function:
        _replace_functions(file, compile(tree, file, "exec"))
    else:
        _reassign(_module_of(file), mutant.statement, tree)
    for cached in gc.get_objects():
        if isinstance(cached, functools._lru_cache_wrapper):
            cached.cache_clear()


def plant_in_file(mutant: Mutant, tree: ast.Module) -> None:
    """Let the module be loaded with the mistake."""
    mutant.plant()
    file = str(Path(mutant.path).resolve())
    load = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        if str(Path(self.get_filename(fullname)).resolve()) == file:
            return compile(tree, file, "exec")
        return load(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]


def _replace_functions(file: str, changed: CodeType) -> None:
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes_in(changed)}
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename == file:
            old = function.__code__
            new = codes[old.co_qualname, old.co_firstlineno]
            if old.co_freevars != new.co_freevars:
                raise NeedsLoading
            function.__code__ = new


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes_in(constant)


def _module_of(file: str) -> ModuleType:
    return next(
        module for module in list(sys.modules.values()) if getattr(module, "__file__", "") == file
    )


def _reassign(module: ModuleType, mutated: ast.stmt, tree: ast.Module) -> None:
    """Run the mutated assignment again, and those of the module that build on it."""
    changed: set[str] = set()
    for statement in tree.body[tree.body.index(mutated) :]:
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        if statement is not mutated and not names & changed:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        assigned = [target.id for target in targets if isinstance(target, ast.Name)]
        old = {name: vars(module)[name] for name in assigned}
        code = compile(ast.Module([statement], []), module.__file__ or "", "exec")
        exec(code, vars(module))  # noqa: S102
        changed.update(assigned)
        _tell_importers(old, module)


def _tell_importers(old: dict[str, object], module: ModuleType) -> None:
    for other in list(sys.modules.values()):
        for name, value in old.items():
            if vars(other).get(name) is value:
                setattr(other, name, vars(module)[name])
