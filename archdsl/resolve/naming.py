"""What the stages of a network are called."""

from archdsl.resolve.specs import BlockSpec, LayerSpec, Spec, UseSpec
from archdsl.syntax.ast import Row
from archdsl.syntax.slug import slug


def stage_names(rows: tuple[Row, ...], all_specs: list[tuple[Spec, ...] | None]) -> list[str]:
    """Name the stages: the printed name as a slug; a row without one after its first layer, the last one
    `head`.

    A name that comes again gets a number.
    """
    taken = {slug(row.name) for row in rows}
    given: dict[str, None] = {}
    numbers: dict[str, int] = {}  # the last one of each name
    for index, (row, specs) in enumerate(zip(rows, all_specs, strict=True)):
        name = slug(row.name)
        if not name or name in given:
            first = specs[0] if specs else None
            name = name or ("head" if index == len(rows) - 1 else _called(first))
            base = name
            while name in taken:
                numbers[base] = numbers.get(base, 1) + 1
                name = f"{base}_{numbers[base]}"
            taken.add(name)
        given[name] = None
    return list(given)


def _called(first: Spec | None) -> str:
    match first:
        case LayerSpec():
            return first.op
        case UseSpec():
            return slug(first.template.block.name)
        case BlockSpec(items=(UseSpec() as use,)):
            return _called(use)
    return "stage"
