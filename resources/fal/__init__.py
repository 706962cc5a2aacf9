"""fal.ai: uploads, submits, polls and collects through the real fal_client, with the ledger under each purchase.

    client = FalClient.open(key_from(os.environ), os.environ.get("FAL_BASE_URL"))   # sends nothing yet
    uploads = FalUploads(client, ledger, library, show_folder)                      # an UploadDesk
    queue = FalQueue(client, ledger, library, uploads)
    clips = FalClipStudio(queue, ledger, library, prices, show.models[mode])        # a ClipStudio
    studio.on_stop = (queue.stop,)                                                  # waits end, nothing is cancelled

Progress goes to the logger `ninja.fal` and to `resources.progress`. What a failure means is `resources.failures`.
"""

from resources.fal.client import FalClient, key_from
from resources.fal.clips import FalClipStudio, Quote, once
from resources.fal.queue import FalQueue, Times
from resources.fal.uploads import FalUploads

__all__ = ["FalClient", "FalClipStudio", "FalQueue", "FalUploads", "Quote", "Times", "key_from", "once"]
