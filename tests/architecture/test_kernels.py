"""Compiled code stands apart, and depends on nothing but numbers."""

from sangar.core.jit import KERNEL_SOURCES
from tests.architecture.sources import PACKAGE, Source, functions, imported, is_compiled, sources

ALLOWED_IN_KERNELS = {"math", "numpy", "typing", "sangar"}
JIT = "sangar.core.jit"


def _foreign(source: Source) -> set[str]:
    return {name.split(".")[0] for name in imported(source)} - ALLOWED_IN_KERNELS


def test_functions_are_compiled_in_kernels_folders_only():
    stray = [
        f"{source.shown}: {function.name}"
        for source in sources()
        if not source.is_kernel and source.name != JIT
        for function in functions(source)
        if is_compiled(function)
    ]
    assert not stray


def test_few_modules_speak_to_the_compiler():
    speakers = {source.name for source in sources() if any(name.split(".")[0] == "numba" for name in imported(source))}
    assert speakers <= {
        JIT,
        "sangar.core.prefetch",
        "sangar.core.whole_program",
        "sangar.pipeline.warmup",
        "sangar.service.doctor",
    }


def test_kernels_import_nothing_but_numbers_and_other_kernels():
    foreign = {source.shown: names for source in sources() if source.is_kernel and (names := _foreign(source))}
    assert not foreign


def _is_of(imported_name: str, module: str) -> bool:
    return f"{imported_name}.".startswith(f"{module}.")


def test_kernels_import_only_what_the_compile_cache_is_keyed_by():
    keyed = {path for pattern in KERNEL_SOURCES for path in PACKAGE.glob(pattern)}
    packages = {source.name for source in sources() if source.path.name == "__init__.py"}
    unkeyed = {source.name for source in sources() if source.path not in keyed} - packages
    stale = [
        f"{source.shown} imports {name}"
        for source in sources()
        if source.is_kernel
        for name in imported(source)
        if any(_is_of(name, module) for module in unkeyed)
    ]
    assert unkeyed
    assert not stale
