"""Draws parametric furniture: solids, a ray caster, ten kinds of furniture, pictures of them, from explicit seeds."""
