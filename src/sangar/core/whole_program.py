"""How kernels are put together: each is translated once, and what Python calls is optimised once, as a whole.

Numba by itself makes every compiled function ready to run: two wrappers for calls from outside, the code of all it
calls linked in, the whole optimised, machine code made of it. For hundreds of kernels that call one another it does so
hundreds of times over, for functions that Python never calls. And since each could be called from outside, none may
change its manner of being called: an array travels as seven numbers although the callee reads two.

Here a kernel called by kernels stays a `_Part`, its own code and no more. The one that Python calls becomes a
`_Whole`: all parts beneath it, linked once, hidden from outside, so that the optimiser may drop arguments and inline
at will. What is computed stays the same to the last bit. See decision 7.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher

WITHOUT_WRAPPER: dict[str, Any] = {"no_cfunc_wrapper": True}
"""No code calls a kernel by its address."""


class _NoMachineCode:
    """Where there is no machine code there is no place to write an environment's address to."""

    @staticmethod
    def set_env(name: str, environment: object) -> None:
        """Nothing to set."""


class _Part(JITCodeLibrary):
    """The code of one kernel, waiting to be linked."""

    codegen = _NoMachineCode()

    def add_linking_library(self, library: JITCodeLibrary) -> None:
        """Note what is called from here."""
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Take no more code; there is nothing to link or to optimise yet."""
        self._raise_if_finalized()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:  # the method of Numba's that makes machine code
        """Null: there is no machine code."""
        self._ensure_finalized()
        return 0

    def gather(self, found: dict[JITCodeLibrary, Any]) -> None:
        """Add to `found` the module of whatever is called from here, near and far, in the order of first mention."""
        for library in self._linking_libraries:
            if library not in found:
                found[library] = None
                if isinstance(library, _Part):
                    library.gather(found)
                found[library] = JITCodeLibrary._get_module_for_linking(library)

    def _get_module_for_linking(self) -> Any:  # noqa: ANN401 - an object of llvmlite's, untyped
        """For a function that Numba compiles in its own way and that calls this one: the module and all beneath."""
        found: dict[JITCodeLibrary, Any] = {self: None}
        self.gather(found)
        module = JITCodeLibrary._get_module_for_linking(self).clone()
        for library, beneath in found.items():
            if library is not self:
                module.link_in(beneath, preserve=True)
        return module


class _Whole(_Part):
    """The code of a kernel that Python calls, with that of all it calls."""

    codegen = JITCodeLibrary.codegen
    get_pointer_to_function = JITCodeLibrary.get_pointer_to_function
    _get_module_for_linking = JITCodeLibrary._get_module_for_linking

    def finalize(self) -> None:
        """Link everything that is called from here, optimise it and make machine code of it."""
        own = self._defined()
        found: dict[JITCodeLibrary, Any] = {}
        self.gather(found)
        for library, module in found.items():
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(module, preserve=True)
        self._linking_libraries = []
        self._hide([name for name in self._defined() if name not in own], "".join(own))
        JITCodeLibrary.finalize(self)

    def _defined(self) -> list[str]:
        """Names of the functions whose bodies are in the module by now."""
        return [function.name for function in self._final_module.functions if not function.is_declaration]

    def _hide(self, names: list[str], owner: str) -> None:
        """Make functions the module's own, so that they may take other arguments than they were written with.

        The linker of machine code takes the first of two functions of one name, hidden or not, for both; so no other
        code may know a hidden one by its name.
        """
        mark = hashlib.blake2s(owner.encode(), digest_size=8).hexdigest()
        for name in names:
            function = self._final_module.get_function(name)
            function.linkage = "internal"
            function.name = f"{name}.{mark}"


class _PartCompiler(Compiler):
    """Numba's compiler, into a part."""

    def define_pipelines(self) -> list[Any]:
        self.state.library = _Part(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return list(super().define_pipelines())  # type: ignore[no-untyped-call]


class _WholeCompiler(Compiler):
    """Numba's compiler, into a whole that can be kept on disk."""

    def define_pipelines(self) -> list[Any]:
        self.state.library = _Whole(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        self.state.library.enable_object_caching()
        return list(super().define_pipelines())  # type: ignore[no-untyped-call]


class Kernel(CPUDispatcher):
    """A compiled function: to other kernels a part, to Python a whole (kept on disk).

    Args:
        function: what to compile.
        options: Numba's options.
    """

    def __init__(self, function: Callable[..., object], **options: Any) -> None:  # noqa: ANN401 - Numba's
        part = options | {"nopython": True, "boundscheck": None} | WITHOUT_WRAPPER | {"no_cpython_wrapper": True}
        super().__init__(function, targetoptions=part, pipeline_class=_PartCompiler)
        whole = numba.njit(cache=True, pipeline_class=_WholeCompiler, **options, **WITHOUT_WRAPPER)
        self.whole = whole(function)

    def __call__(self, *arguments: object) -> object:
        """Call it from Python."""
        return self.whole(*arguments)

    @property
    def signatures(self) -> list[Any]:
        """What Python has called it with."""
        return list(self.whole.signatures)

    def disable_compile(self, val: bool = True) -> None:
        """Let Python call it with no other types than it has."""
        self.whole.disable_compile(val)
