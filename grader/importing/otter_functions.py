"""Otter's exception-based tests: a function that raises, with names of the notebook as its parameters."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.importing.python import loaded, needed


def body_of(function: ast.FunctionDef, around: Sequence[ast.stmt] = ()) -> str:
    """The function's body as statements that use the notebook's names, after what it needs of `around`.

    Parameters are names of the notebook already; `env["x"]` and `env.get("x")` become `x`. A body that
    returns stays a function, and is called.
    """
    tree = _OutOfEnvironment().visit(ast.Module(list(function.body), []))
    whole = any(isinstance(node, ast.Name) and node.id == "env" for node in ast.walk(tree))
    returns = any(isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) for node in ast.walk(tree))
    lines = [ast.unparse(statement) for statement in needed(loaded(tree), around)]
    if whole:
        lines.append("env = globals()")
    if returns:
        lines.append(ast.unparse(_without_parameters(function, tree)))
        lines.append(f"{function.name}()")
    else:
        lines += [ast.unparse(statement) for statement in tree.body]
    return "\n".join(lines)


class _OutOfEnvironment(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        match node:
            case ast.Subscript(value=ast.Name(id="env"), slice=ast.Constant(value=str(name))) if (
                name.isidentifier()
            ):
                return ast.Name(name, node.ctx)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env"), attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            ) if name.isidentifier():
                return ast.Name(name, ast.Load())
        return self.generic_visit(node)


def _without_parameters(function: ast.FunctionDef, tree: ast.Module) -> ast.FunctionDef:
    bare = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    made = ast.FunctionDef(name=function.name, args=bare, body=tree.body, decorator_list=[])
    return ast.fix_missing_locations(made)
