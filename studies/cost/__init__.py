"""What a million jobs cost at list prices: counts that were measured, times prices that were looked up.

Three things meet here and nowhere else: how often something is asked of AWS (bench/figures.json, which the
other sections measure), what it costs (bench/prices.toml, each price with its source), and what cannot be
measured off AWS (the assumptions in the same file). Nothing is measured here but what a plain job lacks
(`extras`); the rest is arithmetic, so that `python -m studies.cost` takes seconds.
"""
