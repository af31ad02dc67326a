"""A day of the whole system, simulated at loads that no test can make.

    python -m studies.growth        # every scenario, then results.json, docs/scale.md and its plots

It is a discrete-event simulation with a resolution of a second, whose clock is SimPy's. Jobs that have the
same way behind and before them are a *cohort*: one state and a count, split by binomial and multinomial
draws. So a day at 100,000 jobs a second, 8.6 thousand million of them, costs what one at ten costs, and is
the same code. What moves a job are the engine's own moves (`moves`); its times, limits and batch sizes are
read from the engine and the template (`parameters`); what AWS grants is data with sources (`limits`); what
is assumed of the load is data, too (`load`).
"""
