"""The one engine of the graph: which cells a run makes, each through its own chain, what is recorded and told of it.

    launch      which cells a run has, whatever launched it         asset     what an asset declares
    plan        what is made of them: asked for, or carried along   work      what its function is handed and delivers
    scheduler   chains side by side; knows nothing of cells         records   what each cell delivered
    engine      the chains of a run; knows nothing of Dagster       barrier   what happens before clips are bought
    step        the step that Dagster runs                          doors     who may launch it

What any one asset does is not here.
"""
