"""How a text is brought into another language and into the length that it may have there."""
