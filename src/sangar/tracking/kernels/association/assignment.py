"""Optimal sparse assignment of detections to tracks: the shortest augmenting path, with the right to stay alone.

Each row (track) may take one of its candidate columns (detections) or stay alone at `alone` cost; each column serves
one row at most; the sum of costs is minimal. The search touches only the row's connected component, so no clustering
is needed.

Source: Jonker & Volgenant (1987), Computing 38, 325-340; Crouse (2016), IEEE TAES 52(4), with one private dummy a row.
"""

import numpy as np

from sangar.core.jit import kernel

ALONE = -1
NOBODY = -1


@kernel
def assign(count, rows, pairs, columns, alone):
    """Assign rows to columns; the answer is `rows[r]["column"]`, ALONE where a row takes none.

    Args:
        count: number of rows.
        rows: records of `ROW`; candidates of row r are pairs first .. last - 1.
        pairs: records of `PAIR`: column and cost, any sign.
        columns: records of `COLUMN`, scratch.
        alone: cost of a row that takes no column.
    """
    for r in range(count):
        row = rows[r]
        lowest = alone
        for k in range(row["first"], row["last"]):
            lowest = min(lowest, pairs[k]["cost"])
            column = columns[pairs[k]["detection"]]
            column["row"] = NOBODY
            column["price"] = 0.0
            column["distance"] = np.inf
            column["done"] = 0
        row["price"] = lowest
        row["column"] = ALONE
    for r in range(count):
        if not _take_favourite(r, rows, pairs, columns, alone):
            _augment(r, rows, pairs, columns, alone)


@kernel
def _take_favourite(r, rows, pairs, columns, alone):
    """Give row r its cheapest column if nobody holds that; False when the search for a path is needed.

    A column nobody holds has never been priced, so the path to it has length zero and moves nobody.
    """
    row = rows[r]
    lowest, favourite = alone, NOBODY
    for k in range(row["first"], row["last"]):
        if pairs[k]["cost"] < lowest:
            lowest, favourite = pairs[k]["cost"], pairs[k]["detection"]
    if favourite == NOBODY or columns[favourite]["row"] != NOBODY or columns[favourite]["price"] != 0.0:
        return False
    columns[favourite]["row"] = r
    row["column"] = favourite
    return True


@kernel
def _reach_from(r, reach, touched, rows, pairs, columns):
    """Shorten the distances of the columns row r could take; returns how many columns are touched by now."""
    row = rows[r]
    for k in range(row["first"], row["last"]):
        c = pairs[k]["detection"]
        column = columns[c]
        if column["done"] == 1:
            continue
        distance = reach + pairs[k]["cost"] - row["price"] - column["price"]
        if distance < column["distance"]:
            if column["distance"] == np.inf:
                columns[touched]["touched"] = c
                touched += 1
            column["distance"] = distance
            column["previous"] = r
    return touched


@kernel
def _nearest(touched, columns):
    """The touched column of least distance that is not done; NOBODY when there is none."""
    nearest, nearest_distance = NOBODY, np.inf
    for t in range(touched):
        c = columns[t]["touched"]
        if columns[c]["done"] == 0 and columns[c]["distance"] < nearest_distance:
            nearest, nearest_distance = c, columns[c]["distance"]
    return nearest


@kernel
def _augment(start, rows, pairs, columns, alone):
    """Give row `start` its best place, moving others along the shortest augmenting path."""
    touched, visited = np.int64(0), np.int64(0)
    r, reach = start, 0.0
    best_alone, alone_row = np.inf, start
    sink = NOBODY
    while True:
        rows[visited]["visited"] = r
        visited += 1
        stay = reach + alone - rows[r]["price"]
        if stay < best_alone:
            best_alone, alone_row = stay, r
        touched = _reach_from(r, reach, touched, rows, pairs, columns)
        nearest = _nearest(touched, columns)
        if nearest == NOBODY or columns[nearest]["distance"] >= best_alone:
            reach = best_alone
            break
        reach = columns[nearest]["distance"]
        columns[nearest]["done"] = 1
        if columns[nearest]["row"] == NOBODY:
            sink = nearest
            break
        r = columns[nearest]["row"]
    _update_prices(start, reach, touched, visited, rows, columns)
    if sink == NOBODY:
        sink = rows[alone_row]["column"]
        rows[alone_row]["column"] = ALONE
        if alone_row == start:
            sink = NOBODY
    _flip(start, sink, rows, columns)
    for t in range(touched):
        column = columns[columns[t]["touched"]]
        column["distance"] = np.inf
        column["done"] = 0


@kernel
def _update_prices(start, reach, touched, visited, rows, columns):
    """Dual update: keeps every reduced cost from going below zero."""
    for n in range(visited):
        row = rows[rows[n]["visited"]]
        if rows[n]["visited"] == start:
            row["price"] += reach
        else:
            row["price"] += reach - columns[row["column"]]["distance"]
    for t in range(touched):
        column = columns[columns[t]["touched"]]
        if column["done"] == 1:
            column["price"] -= reach - column["distance"]


@kernel
def _flip(start, sink, rows, columns):
    """Hand the columns along the path over, from the free one back to `start`."""
    c = sink
    while c != NOBODY:
        r = columns[c]["previous"]
        following = rows[r]["column"]
        columns[c]["row"] = r
        rows[r]["column"] = c
        if r == start:
            break
        c = following
