"""How many jobs a second a flow can start: a simulation of its transactions and their conflicts."""
