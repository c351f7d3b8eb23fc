"""``sync-analyzer models``: what AI models there are, fetching and checking their weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sync_analyzer.ai import catalogue, checksums
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.fetch import fetch as fetch_weights
from sync_analyzer.ai.network import verified_weights
from sync_analyzer.cli_options import ERROR
from sync_analyzer.errors import SyncAnalyzerError

app = typer.Typer(
    name="models",
    help="List the AI models, fetch their weights, check that they are whole.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="spectral, wav2vec2 or yamnet.")]
Folder = Annotated[
    Path | None, typer.Option("--dir", help="Model folder; AI_MODEL_CACHE_DIR if not given.")
]


def _config(folder: Path | None) -> AiConfig:
    config = AiConfig.from_environment()
    if folder is None:
        return config
    return AiConfig.from_environment({**config.to_environment(), "AI_MODEL_CACHE_DIR": str(folder)})


def _fail(error: SyncAnalyzerError) -> typer.Exit:
    typer.echo(f"error: {error.message}", err=True)
    return typer.Exit(code=ERROR)


@app.command("list")
def list_models(folder: Folder = None) -> None:
    """Say which models can run here, where their weights lie, and what is missing."""
    for model in catalogue.listing(_config(folder)):
        state = "available" if model["available"] else f"not available: {model['reason']}"
        typer.echo(f"{model['name']}: {state}")
        typer.echo(f"  {model['summary']}")
        typer.echo(
            f"  {model['sample_rate']} Hz in, {model['embedding_dimensions']} numbers every "
            f"{1000 * model['frame_step_seconds']:g} ms, {model['size_bytes'] / 1e6:.1f} MB"
        )
        typer.echo(f"  {model['path'] or 'to provide it: ' + model['command']}")


@app.command()
def fetch(
    name: Name,
    source: Annotated[
        Path | None,
        typer.Option("--from", exists=True, file_okay=False, help="Copy a local folder instead."),
    ] = None,
    folder: Folder = None,
) -> None:
    """Bring a model's weights into the model folder, whole or not at all."""
    try:
        place = fetch_weights(name, _config(folder), source=source)
    except SyncAnalyzerError as error:
        raise _fail(error) from error
    typer.echo(f"{name}: {place}")


@app.command()
def verify(
    name: Name,
    record: Annotated[
        bool, typer.Option("--record", help="Record checksums of a folder that has none.")
    ] = False,
    folder: Folder = None,
) -> None:
    """Compare a model's weights with their recorded checksums."""
    try:
        place = catalogue.provided(name, _config(folder))
        if place.is_file():
            verified_weights(place)
        elif not checksums.is_recorded(place) and record:
            checksums.record(place)
        elif not checksums.is_recorded(place):
            typer.echo(f"{name}: no checksums in {place}; --record keeps today's", err=True)
            raise typer.Exit(code=ERROR)
        else:
            catalogue.verified(name, place)
    except SyncAnalyzerError as error:
        raise _fail(error) from error
    typer.echo(f"{name}: {place} is whole")


if __name__ == "__main__":
    app()
