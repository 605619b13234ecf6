"""Effectors are simulated: nothing that can reach the world outside can also order an engagement.

Three walls, each enough by itself:

* what speaks to the outside (`adapters`, `console`) reaches neither the engagement nor the simulated effectors by any
  chain of imports;
* no module of any package both imports a way out (a socket, a serial line, a process) and knows of effectors;
* nothing outside the packages of the exercise has a name that orders one to be used.
"""

import re

import grimp
import pytest

from tests.architecture.sources import Source, classes, functions, imported, sources

OUTSIDE = ("adapters", "console")
EFFECTORS = ("sangar.core.effectors", "sangar.engagement", "sangar.simulation")
WAYS_OUT = {
    "aiomqtt", "asyncio", "can", "ctypes", "fcntl", "http", "httpx", "nats", "paho", "pymavlink", "requests",
    "select", "selectors", "serial", "smbus", "socket", "socketserver", "ssl", "starlette", "subprocess",
    "termios", "urllib", "usb", "uvicorn", "websockets", "zmq",
}  # fmt: skip
EXERCISE = {"core", "engagement", "simulation", "scenario", "pipeline"}
ORDERS = {"fire", "shoot", "launch", "detonate", "arm", "jam", "engage", "weapon", "weapons", "turret", "trigger"}


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def _is_of_effectors(name: str) -> bool:
    """Whether a dotted name belongs to the engagement or to the simulated effectors (its settings are mere numbers)."""
    return any(f"{name}.".startswith(f"{root}.") for root in EFFECTORS) and ".settings" not in name


def _knows_effectors(source: Source) -> bool:
    return any(_is_of_effectors(name) for name in imported(source))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("sangar", cache_dir=None)


def test_nothing_that_speaks_to_the_outside_reaches_an_effector_by_any_chain_of_imports(graph):
    outside = [source.name for source in sources() if source.package in OUTSIDE]
    effectors = [name for name in graph.modules if _is_of_effectors(name)]
    chains = [graph.find_shortest_chain(importer, target) for importer in outside for target in effectors]
    assert effectors
    assert not [chain for chain in chains if chain]


def test_no_module_has_both_a_way_out_and_knowledge_of_effectors():
    both = [
        source.shown
        for source in sources()
        if _knows_effectors(source) and WAYS_OUT & {name.split(".")[0] for name in imported(source)}
    ]
    assert not both


def test_no_name_outside_the_exercise_orders_an_effector():
    orders = [
        f"{source.shown}:{node.lineno} {node.name}"
        for source in sources()
        if source.package not in EXERCISE
        for node in (*classes(source), *functions(source))
        if ORDERS & _words(node.name)
    ]
    assert not orders


@pytest.mark.parametrize("name", ["fire_at", "EngageTarget", "shootDown", "arm_turret"])
def test_a_name_that_orders_is_recognised(name):
    assert ORDERS & _words(name)


@pytest.mark.parametrize("name", ["warn", "read_platform", "alarm", "Firefly", "track_fired_upon", "charm"])
def test_a_name_that_does_not_order_is_let_alone(name):
    assert not ORDERS & _words(name)
