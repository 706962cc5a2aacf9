"""`ninja open`: an episode's folder, laid out on this machine from the show's state and library."""

from rich.markup import escape

from ninja_assets.cli.display import own_console
from ninja_assets.cli.output import print_json, quiet
from ninja_assets.cut.projection import LaidOut, open_episode
from resources.core.settings import Settings


def run(settings: Settings, episode: str, *, as_json: bool) -> int:
    """Lay out and tell where; returns the exit status: 1 where files are lost."""
    laid = open_episode(settings, episode)
    _tell(settings, episode, laid)
    if as_json:
        videos = {shape.value: str(files.video) for shape, files in laid.cuts.items()}
        print_json(
            {
                "episode": episode,
                "mode": settings.mode.value,
                "folder": str(laid.folder),
                "review": str(laid.page),
                "final_video": next(iter(videos.values()), None),
                "videos": videos,
                "lost": list(laid.lost),
            }
        )
    else:
        for path in [laid.page, *(files.video for files in laid.cuts.values())]:
            print(path)  # noqa: T201  (the result, on stdout)
    return 1 if laid.lost else 0


def _tell(settings: Settings, episode: str, laid: LaidOut) -> None:
    console, again = own_console(), f"ninja produce {episode} --mode {settings.mode}"
    if laid.lost:
        console.print(f"[bold red]lost[/] {escape(', '.join(laid.lost))}: the library has them no more; {again}")
    if quiet():
        return
    if not laid.cuts:
        console.print(f"no cut is recorded yet: {again}")
    if laid.changed:
        console.print(f"no bundle was written: {escape(laid.changed)}; {again}")
