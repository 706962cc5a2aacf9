"""The words, the models and the page of an episode that waits for a person, and what of it does."""

from resources.models.endpoints import ids
from resources.models.loading import load_show
from resources.purchasing.books import waits_of
from resources.purchasing.state.approvals import Ask
from tests.stage import PAID_SHOW, Stage

PAGE = "/desk/episodes/demo/draft"
MODELS = [ids.AVATAR_STANDARD, ids.AVATAR_PRO]
SHOW = f"{PAID_SHOW}approval: always\n"
# The server says a number's digits in no time: as if the end of the line were missing.
TURNS = "NINJA: One two three, here we go.\nGLITCH: 1234567890 1234567890\n"


def waiting(stage: Stage) -> list[Ask]:
    return waits_of(stage.settings(), load_show(stage.show), "demo")[0]
