"""How packages, classes and functions are laid out."""

import ast

from tests.architecture.sources import PACKAGE, classes, functions, sources

SHAPELESS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "tools", "util", "utils"}


def test_no_package_or_module_has_a_name_that_says_nothing():
    found = [source.shown for source in sources() if SHAPELESS & set(source.name.split("."))]
    assert not found


def test_no_package_is_empty():
    packages = {path.parent for path in PACKAGE.rglob("__init__.py")}
    empty = [folder for folder in packages if not any(path.name != "__init__.py" for path in folder.rglob("*.py"))]
    assert not empty


def test_every_folder_with_code_is_a_package():
    bare = {path.parent for path in PACKAGE.rglob("*.py") if not (path.parent / "__init__.py").exists()}
    assert not bare


def test_no_class_has_more_than_one_base():
    many = [f"{source.shown}: {node.name}" for source in sources() for node in classes(source) if len(node.bases) > 1]
    assert not many


def test_every_module_and_every_public_class_and_function_says_what_it_is():
    silent = [source.shown for source in sources() if not ast.get_docstring(source.tree)]
    for source in sources():
        silent += [
            f"{source.shown}: {node.name}"
            for node in (*classes(source), *functions(source))
            if not node.name.startswith("_") and node in source.tree.body and not ast.get_docstring(node)
        ]
    assert not silent
