"""What a person wrote, as values: `show.yaml` and episode files, each mistake with its line.

Reading does not judge: what models, prompts and layouts there are is not known here, and no medium is opened.
"""
