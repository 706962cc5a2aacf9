"""`ninja voices`: who can speak in rehearsals, offline."""

from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from resources.providers.offline import espeak_process, hibari


def run(*, as_json: bool) -> int:
    """List the neural voices, eSpeak NG's languages and the variants of its voice."""
    languages, variants = espeak_process.languages(), espeak_process.variants()
    missing = hibari.unavailable()
    neural = [] if missing else ["hibari-man", "hibari-woman"]
    if as_json:
        print_json({"neural": neural, "languages": languages, "variants": variants})
        return 0
    console = result_console()
    console.print(
        "[bold]voice:[/] " + (", ".join(neural) or f"no neural voice ({missing})") + ": English; espeak: all below"
    )
    console.print("[bold]variant:[/] LANGUAGE or LANGUAGE+VARIANT, such as de+m3 or hi+f2")
    console.print("[bold]languages:[/] " + ", ".join(f"{code} ({name})" for code, name in languages.items()))
    console.print("[bold]variants:[/] " + ", ".join(variants))
    return 0
