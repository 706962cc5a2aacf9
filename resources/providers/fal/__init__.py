"""fal.ai: uploads, submits, polls and collects through the real fal_client, with the ledger under each purchase.

    client = FalClient.open(key_from(os.environ), os.environ.get("FAL_BASE_URL"))   # sends nothing yet
    uploads = FalUploads(client, ledger, library, Portraits(library, show_folder))  # an UploadDesk
    queue = FalQueue(client, ledger, library, uploads)                              # buys; `stop` ends every wait

`clip_studio` and `shot_studio` are the ClipStudio and the ShotStudio over them. Progress goes to the logger `ninja.fal`
and to `core.progress`; what a failure means is `failures`.
"""
