"""The cost of a million jobs at list prices: measured counts times prices.

The counts are in bench/figures.json, which the benchmarks write. Prices, with their sources, and assumptions
about what cannot be measured outside AWS are in prices.toml. Only `extras` measures something: a section of
the benchmarks for what a plain job lacks. `python -m studies.cost` takes seconds.
"""
