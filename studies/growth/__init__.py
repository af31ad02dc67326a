"""A simulated day of the whole system, at loads that no test can produce.

    python -m studies.growth        # every scenario, then results.json, docs/scale.md and its plots

A discrete-event simulation on SimPy's clock, with a resolution of one second. Jobs with the same state are a
*cohort*: one state and a count, split by binomial and multinomial draws. So a day at 100,000 jobs per second
takes as long to simulate as a day at ten. Transitions are the engine's own (`moves`). Times, limits and batch
sizes are read from the engine and the template (`parameters`). AWS's limits (`limits`) and the assumed load
(`load`) are data.
"""
