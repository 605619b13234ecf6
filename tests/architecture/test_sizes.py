"""Rooms stay small: no module and no function outgrows what a person holds in mind."""

from collections import Counter

from tests.architecture.sources import functions, sources

MODULE_LINES = 400
FUNCTION_LINES = 60
KERNELS_IN_A_FOLDER = 16
KERNEL_LINES = 120  # a scalar loop is longer written out, and cutting it costs a call per track


def test_no_module_is_longer_than_four_hundred_lines():
    long = {source.shown: n for source in sources() if (n := len(source.text.splitlines())) > MODULE_LINES}
    assert not long


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{source.shown}:{function.lineno} {function.name}: {length} lines"
        for source in sources()
        for function in functions(source)
        if (length := (function.end_lineno or 0) - function.lineno + 1)
        > (KERNEL_LINES if source.is_kernel else FUNCTION_LINES)
    ]
    assert not long, "\n".join(long)


def test_no_folder_of_compiled_code_holds_more_than_a_glance_takes_in():
    folders = Counter(str(source.path.parent) for source in sources() if source.is_kernel)
    assert not {folder: n for folder, n in folders.items() if n > KERNELS_IN_A_FOLDER}
