"""From the lines of a file to its headings and rows, wherever the headings stand."""

from dataclasses import dataclass

from ...subscription.imports.import_reader import UnreadableFile
from ..names import normalised

LOOK_AT = 20  # lines among which the headings are looked for


class Headings:
    """Tells whether a heading is known, however it is written."""

    def __init__(self, known):
        self.known = known

    def __contains__(self, heading):
        return normalised(heading) in self.known


@dataclass(frozen=True, slots=True)
class Headed:
    """The rows of a file: ``(line number, {heading: text})``."""

    headings: tuple
    rows: tuple
    kind: str
    delimiter: str

    def sample(self, heading):
        """Return the first value below a heading."""
        return next((cells[heading] for _n, cells in self.rows if heading in cells), "")


def headed(lines, kind, delimiter, known, env):
    """Return the Headed rows of lines.

    The line of headings is the one among the first that knows most of them: titles
    and merged cells above it are left out. A heading that stands twice is numbered.
    """
    filled = [(number, cells) for number, cells in lines if any(map(str.strip, cells))]
    if not filled:
        raise UnreadableFile(env._("The file is empty."))
    scores = [sum(cell in known for cell in cells) for _n, cells in filled[:LOOK_AT]]
    head = scores.index(max(scores)) if max(scores) else 0
    rows = filled[head + 1 :]
    if not rows:
        raise UnreadableFile(env._("The file has headings but no row below them."))
    width = max(len(cells) for _number, cells in filled[head:])
    names = _names(filled[head][1], width, rows, env)
    table = tuple(
        (
            number,
            {
                name: cell.strip()
                for name, cell in zip(names, cells, strict=False)
                if name and cell.strip()
            },
        )
        for number, cells in rows
    )
    return Headed(tuple(filter(None, names)), table, kind, delimiter)


def _names(cells, width, rows, env):
    """Return a name for each place, None for one without heading and values."""
    names, seen = [], {}
    for place in range(width):
        name = " ".join((cells[place] if place < len(cells) else "").split())
        if name.startswith("#"):
            names.append(None)
            continue
        if not name:
            used = any(place < len(row) and row[place].strip() for _n, row in rows)
            names.append(env._("Column %s", place + 1) if used else None)
            continue
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
