"""``litexplorer screen``: replay a screening whose labels are known."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.cli.corpora import open_given

HELP = "simulate a screening of papers whose labels are known"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    command.add_argument("corpus", metavar="FILE", help="file of papers, or corpus folder")
    command.add_argument("--labels", metavar="COLUMN", required=True, help="column that says 1 or 0, include or exclude")
    command.add_argument("--priors", nargs="+", metavar="ID", help="papers known at the beginning; default: --seed draws two")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="draws one relevant and one irrelevant paper")
    command.add_argument("--target", type=float, default=0.95, metavar="RECALL", help="recall wished for (default: 0.95)")
    command.add_argument("--model", default="ensemble", help="ensemble, svm, logistic or bayes")
    command.add_argument("--balance", default="ratio", help="ratio or none")
    command.add_argument("--query", default="max", help="max, uncertain or mixed")
    command.add_argument("-o", "--output", metavar="CSV", help="write the papers in the order screened, with the estimates")


def run(options: argparse.Namespace) -> int:
    """Run it; returns the exit status."""
    from explorer.disk import write_whole
    from explorer.errors import ExportError, ScreeningError
    from explorer.screening.queue import Method
    from explorer.screening.simulate import drawn_priors, read_labels_of, simulate_screening

    if options.output and not Path(options.output).parent.is_dir():
        raise ExportError(f"{options.output} cannot be written: there is no folder {Path(options.output).parent}.")
    method = Method(options.model, options.balance, options.query)
    corpus = open_given([options.corpus])
    labels = read_labels_of(corpus, options.labels)
    priors = options.priors or drawn_priors(labels, options.seed)
    order = simulate_screening(corpus, labels, priors, method=method, target=options.target)
    if options.output:
        try:
            write_whole(Path(options.output), order.to_csv(index=False).encode())
        except OSError as error:
            raise ExportError(f"{options.output} cannot be written ({error.strerror}). Choose another folder.") from error
    queue = order[~order["prior"]]
    relevant = int(order["label"].sum())
    if not len(queue):
        raise ScreeningError("Every paper is a prior: nothing is left to screen.")
    if not relevant:
        raise ScreeningError("No paper is labelled relevant: there is nothing to find.")
    print(f"{len(order):,} papers with labels, {relevant:,} relevant; {len(order) - len(queue)} known at the beginning.")
    for part in (0.1, 0.25, 0.5):
        met = int(order["label"].iloc[: len(order) - len(queue) + int(part * len(queue))].sum())
        print(f"  {part:4.0%} screened: {met / relevant:5.1%} found")
    needed = order["found"] >= options.target * relevant - 1e-9
    print(f"  {options.target:.0%} found after {_papers(int(needed.to_numpy().argmax()) + 1)}")
    stop = order["stop"].to_numpy()
    at = int(stop.argmax())
    print(f"  Told to stop after {_papers(at + 1)}, {order['found'].iloc[at] / relevant:.1%} found.")
    print(order.attrs["sentence"])
    return 0


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"
