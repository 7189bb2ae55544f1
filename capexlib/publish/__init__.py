"""Publishing: an executed notebook becomes a brief in HTML and PDF.

It reads the blocks that the exhibits left in the notebook's outputs and knows
nothing of what they mean, so it serves any brief.
"""
