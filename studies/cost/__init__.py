"""What a million jobs cost at list prices: counts that were measured, times prices that were looked up.

Three things meet here and nowhere else: how often something is asked of AWS (bench/figures.json, which the
benchmarks measure), what it costs (prices.toml, each price with its source), and what cannot be measured
off AWS (the assumptions in the same file). Nothing is measured here but what a plain job lacks (`extras`,
a section of the benchmarks); the rest is arithmetic, so that `python -m studies.cost` takes seconds.
"""
