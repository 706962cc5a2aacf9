"""The characters that the project draws itself. A new one is a module with a Puppet, named in `PUPPETS`."""

from PIL import Image

from resources.core.errors import ContentError
from resources.providers.offline.puppets.glitch import GLITCH
from resources.providers.offline.puppets.ninja import NINJA
from resources.providers.offline.puppets.parts import Pose, Puppet
from resources.providers.offline.puppets.stage import Stage

PUPPETS = {puppet.name: puppet for puppet in (NINJA, GLITCH)}


def puppet(name: str) -> Puppet:
    """The puppet of a name. Raises ContentError, with the names there are."""
    if name not in PUPPETS:
        raise ContentError(
            f"there is no puppet named {name!r}",
            why=f"the project draws: {', '.join(sorted(PUPPETS))}",
            hint="name one of these in show.yaml, or give the character an `image` of its own",
        )
    return PUPPETS[name]


def portrait(name: str, width: int, height: int) -> Image.Image:
    """A puppet at rest as an RGB picture of `width` x `height` pixels. Raises ContentError for an unknown name."""
    return Stage(puppet(name), width, height).picture(Pose())
