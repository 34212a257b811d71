"""Measures everything and prints one table. Nothing here is a test, and a slow machine fails nothing.

Times are ratios measured side by side in one run.
"""

from rich.console import Console
from rich.table import Table

from tests.bench.lengths import lengths
from tests.bench.lists import LARGE, SMALL, list_reads
from tests.bench.one_lead import one_lead
from tests.bench.one_order import one_order
from tests.bench.place import metered_place
from tests.bench.stage import custom_metrics, fixed_price
from tests.bench.starts import layer_size, start_rows
from tests.bench.warm import warm_create


def main() -> None:
    console = Console(width=118)
    with console.status("measuring start times"):
        rows = [*start_rows(), warm_create()]
    with console.status("bundling the dependency layer"):
        rows += [layer_size()]
    with console.status("deploying to an engine, sending orders and leaving leads"), metered_place() as place:
        rows += one_order(place)
        rows += one_lead(place)
        rows += [custom_metrics(place)]
    with console.status("synthesizing a stage"):
        rows += fixed_price()
    with console.status(f"writing {SMALL:,} and {LARGE:,} orders, and listing them"):
        rows += list_reads()
    rows += lengths()
    table = Table("what", "measured", "budget", "")
    for row in rows:
        table.add_row(row.what, row.measured, row.budget, "[green]kept[/]" if row.kept else "[red]over[/]")
    console.print(table)


if __name__ == "__main__":
    main()
